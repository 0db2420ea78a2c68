"""Which rollout the planners take, and that the plan does not depend on it."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
import torch

from hyperdynamics_core.native import choice, library
from hyperdynamics_core.native.library import ROLLOUT, NativeLibraryError
from hyperdynamics_core.planning import sequence_rollout
from hyperdynamics_core.planning.expert_rollout import ExpertRollout
from hyperdynamics_core.planning.native_rollout import NativeRollout
from hyperdynamics_core.planning.sequence_rollout import make_rollout
from hyperdynamics_core.planning.sequences import PLANNERS, SequencePlannerConfig, make_planner
from hyperdynamics_core.systems.legged import ANT, CHEETAH, LeggedSystem
from tests.planning.test_native_rollout import bank, start


@pytest.fixture
def no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = Path("/nowhere") / library.LIBRARY.name
    monkeypatch.setattr(sequence_rollout, "load", lambda: library.load(missing))
    choice.warn_once.cache_clear()


def test_the_variable_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    for value, kind in (("", NativeRollout), ("auto", NativeRollout), ("native", NativeRollout),
                        ("torch", ExpertRollout)):  # fmt: skip
        monkeypatch.setenv(ROLLOUT, value)
        assert isinstance(make_rollout(CHEETAH, 4).first, kind)
    assert isinstance(make_rollout(CHEETAH, 4, mode="native").first, NativeRollout), "an argument comes first"
    monkeypatch.setenv(ROLLOUT, "c++")
    with pytest.raises(ValueError, match=f"{ROLLOUT}.*must be one of auto, native, torch, got 'c\\+\\+'"):
        make_rollout(CHEETAH, 4)


def test_without_a_library_torch_plans_and_says_so_once(
    no_library: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(ROLLOUT, raising=False)
    with caplog.at_level(logging.WARNING):
        assert all(isinstance(make_rollout(CHEETAH, 4).first, ExpertRollout) for _ in range(3))
    (line,) = caplog.messages
    assert "planning in PyTorch" in line and "make setup" in line
    with pytest.raises(NativeLibraryError, match="there is no /nowhere/"):
        make_rollout(CHEETAH, 4, mode="native")


def test_what_is_no_library_or_another_one_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.so"
    broken.write_bytes(b"no library")
    with pytest.raises(NativeLibraryError, match="broken.so does not load"):
        library.load(broken)
    other = next(Path(torch.__file__).parent.glob("lib/libc10.so"))
    with pytest.raises(NativeLibraryError, match="libc10.so does not load .*hd_rollout_abi"):
        library.load(other)


def test_a_library_of_another_interface_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "ABI", library.ABI + 1)
    with pytest.raises(NativeLibraryError, match="has interface 2, but this Python code has interface 3"):
        library.NativeLibrary(library.LIBRARY)


@pytest.mark.parametrize("name", PLANNERS)
@pytest.mark.parametrize("system", [CHEETAH, ANT], ids=lambda system: system.name)
def test_same_seed_same_plan_both_ways(name: str, system: LeggedSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    plans = []
    for mode in ("torch", "native"):
        monkeypatch.setenv(ROLLOUT, mode)
        planner = make_planner(name, system, torch.Generator().manual_seed(5), SequencePlannerConfig(upright=0.0))
        assert isinstance(planner._rollout.first, NativeRollout if mode == "native" else ExpertRollout)  # type: ignore[attr-defined]
        plans.append([planner.plan(start(system), bank(system, input_clamp=2.0)) for _ in range(2)])
    for one, other in zip(*plans, strict=True):
        torch.testing.assert_close(one.actions, other.actions, atol=1e-4, rtol=0.0)
        torch.testing.assert_close(one.states, other.states, atol=1e-4, rtol=1e-4)
        assert one.total_reward == pytest.approx(other.total_reward, abs=1e-2, rel=1e-4)
        assert (one.candidates, one.non_finite) == (other.candidates, other.non_finite)


@pytest.mark.parametrize("mode", ["native", "torch"])
@pytest.mark.parametrize("system", [CHEETAH, ANT])
def test_a_tilted_end_has_its_price(system: LeggedSystem, mode: str) -> None:
    actions = torch.rand(9, 4, len(system.action_dimensions), generator=torch.Generator().manual_seed(2)) * 2 - 1
    actions[3] = torch.nan
    for keep_all in (True, False):
        states, plain = make_rollout(system, 4, keep_all, mode)(start(system), actions, bank(system))
        ends, returns = states[-1].clone(), plain.clone()
        _, priced = make_rollout(system, 4, keep_all, mode, upright=30.0)(start(system), actions, bank(system))
        rest = torch.arange(9) != 3
        torch.testing.assert_close(priced[rest], (returns - 30.0 * system.lean(ends))[rest])
        assert returns[3] == priced[3] == -torch.inf and bool((priced[rest] < returns[rest]).any())


def test_each_robot_has_its_own_price_unless_one_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CHEETAH, "poise", 9.0)
    assert SequencePlannerConfig().for_robot(CHEETAH).upright == 9.0
    assert SequencePlannerConfig().for_robot(ANT).upright == ANT.poise
    assert SequencePlannerConfig(upright=0.0).for_robot(CHEETAH).upright == 0.0
    assert SequencePlannerConfig(upright=7.0).for_robot(ANT).upright == 7.0


@pytest.mark.parametrize(
    ("given", "trained", "price"),
    [
        (-1.0, {"planning": {"upright": 50.0}}, 50.0),
        (-1.0, {"planning": {"upright": 0.0}}, 0.0),
        (-1.0, {"planning": {"upright": -1.0}}, -1.0),
        (-1.0, {"planning": {}}, -1.0),
        (-1.0, {}, -1.0),
        (0.0, {"planning": {"upright": 50.0}}, 0.0),
        (7.0, {"planning": {"upright": 50.0}}, 7.0),
    ],
)
def test_a_model_brings_the_price_it_was_trained_with(given: float, trained: dict[str, Any], price: float) -> None:
    assert SequencePlannerConfig(upright=given).for_model(trained).upright == price
    with pytest.raises(ValueError, match="upright must be finite"):
        SequencePlannerConfig(upright=float("nan"))

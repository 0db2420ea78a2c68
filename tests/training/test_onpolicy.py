"""The on-policy loop with a collector of its own: a point that is pushed along by its first joint."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from hyperdynamics_core.checkpoints import CheckpointError, load_checkpoint
from hyperdynamics_core.data.episodes import Episode, make_episode
from hyperdynamics_core.data.windows import WindowConfig
from hyperdynamics_core.methods.storage import load_method
from hyperdynamics_core.planning.sequences import SequencePlannerConfig
from hyperdynamics_core.systems.legged import CHEETAH
from hyperdynamics_core.training.dynamics_config import DynamicsConfig
from hyperdynamics_core.training.onpolicy import OnPolicyRun, TaskInfo, train_on_policy
from hyperdynamics_core.training.onpolicy_config import ExplorationConfig, OnPolicyConfig, full, reduced
from hyperdynamics_core.training.requests import RolloutRequest
from hyperdynamics_core.training.run_log import read_log

TASK = TaskInfo("point", CHEETAH, ("none",))
SMALL = OnPolicyConfig(
    iterations=5,
    rollouts=3,
    steps=25,
    updates=4,
    dynamics=DynamicsConfig(windows=WindowConfig(windows=8, targets=2)),
    planning=SequencePlannerConfig(candidates=10, horizon=3),
)


class Points:
    """Random episodes of the request's seed, paid by what a schedule says; can die at a given call."""

    def __init__(self, returns: Sequence[float] = (), dies_at: int = -1) -> None:
        self.returns, self.dies_at = returns, dies_at
        self.asked: list[Sequence[RolloutRequest]] = []

    def __call__(self, requests: Sequence[RolloutRequest]) -> list[Episode]:
        self.asked.append(requests)
        if len(self.asked) - 1 == self.dies_at:
            raise KeyboardInterrupt
        return [self._episode(request) for request in requests]

    def _episode(self, request: RolloutRequest) -> Episode:
        if request.model is not None:
            assert load_method(request.model, CHEETAH).sha256 == request.sha256
        rng = np.random.default_rng(request.seed)
        actions = rng.uniform(-1, 1, (request.steps, 6))
        states = np.cumsum(np.pad(np.repeat(actions, 3, axis=1), ((1, 0), (0, 0))), axis=0) * 0.01
        number = len(self.asked) - 1
        paid = self.returns[number] if number < len(self.returns) else float(actions[:, 0].sum())
        return make_episode(CHEETAH, 1, states, actions, np.full(request.steps, paid / request.steps),
                            np.zeros((request.steps, 1)))  # fmt: skip


def train(out: Path, collect: Points, config: OnPolicyConfig = SMALL) -> Path:
    return train_on_policy(TASK, collect, config, out, say=lambda _: None)


def test_first_random_then_with_the_newest_model(tmp_path: Path) -> None:
    collect, lines = Points(), list[str]()
    train_on_policy(TASK, collect, SMALL, tmp_path, "made by a test", lines.append)
    assert [requests[0].model is None for requests in collect.asked] == [True, False, False, False, False]
    hashes = [requests[0].sha256 for requests in collect.asked[1:]]
    seeds = [request.seed for requests in collect.asked for request in requests]
    assert len(set(hashes)) == 4 and len(set(seeds)) == 15
    assert len(lines) == 5 and "return" in lines[4] and "random" in lines[0]
    log = read_log(tmp_path / "log.jsonl")
    assert [line["step"] for line in log] == [1, 2, 3, 4, 5] and log[-1]["data/steps"] == 375
    assert log[-1]["loss/prediction"] < log[0]["loss/prediction"]
    stored = load_method(tmp_path / "model", CHEETAH)
    assert stored.info.config["task"] == "point" and "made by a test" in (tmp_path / "model/CARD.md").read_text()


def test_the_last_fit_makes_the_model_and_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    config, said = replace(SMALL, rollouts=4, final_updates=40), []
    whole = train_on_policy(TASK, Points(), config, tmp_path / "whole", say=said.append)
    assert "fitting to 500 steps of 18 episodes, 40 updates" in said and said[-1].startswith("fitted: loss")
    stored = load_method(whole, CHEETAH)
    assert stored.info.metrics["steps"] == 500 and 0 < stored.info.metrics["held_out_loss"] < 2
    assert stored.sha256 != load_method(tmp_path / "whole/newest", CHEETAH).sha256
    assert train_on_policy(TASK, Points(), config, tmp_path / "whole", say=said.append) == whole

    with pytest.raises(KeyboardInterrupt):
        train_on_policy(TASK, Points(), config, tmp_path / "killed", say=_stop_at("fitting"))
    again = train_on_policy(TASK, Points(), config, tmp_path / "killed")
    assert load_method(again, CHEETAH).sha256 == stored.sha256


def test_the_last_fit_may_differ_from_what_walked_and_be_made_anew(tmp_path: Path) -> None:
    config = replace(SMALL, iterations=2, final_updates=20)
    plain = load_method(train(tmp_path, Points(), config), CHEETAH)
    other = replace(config, final_method="low-rank", final_width=24, final_unroll=2)
    wide = load_method(train(tmp_path, Points(), other), CHEETAH)
    assert wide.method.name == "low-rank" and wide.method.network.layer_sizes[1:-1] == (24, 24)
    assert len(list((tmp_path / "final").iterdir())) == 2
    assert "loss/unrolled" in read_log(next((tmp_path / "final").glob("*-width-24-unroll-2")) / "log.jsonl")[-1]
    assert load_method(train(tmp_path, Points(), config), CHEETAH).sha256 == plain.sha256 != wide.sha256


def _stop_at(word: str) -> Callable[[str], None]:
    def say(line: str) -> None:
        if word in line:
            raise KeyboardInterrupt

    return say


def test_a_run_that_begins_again_now_and_then_resumes_exactly(tmp_path: Path) -> None:
    config = replace(SMALL, restart_at=(2,), restart_updates=3)
    train_on_policy(TASK, Points(), config, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        train_on_policy(TASK, Points(dies_at=3), config, tmp_path / "killed")
    train_on_policy(TASK, Points(), config, tmp_path / "killed")
    first, second = (load_method(tmp_path / name / "newest", CHEETAH) for name in ("whole", "killed"))
    assert first.sha256 == second.sha256
    train_on_policy(TASK, Points(), SMALL, tmp_path / "steady")
    assert load_method(tmp_path / "steady/newest", CHEETAH).sha256 != first.sha256


@pytest.mark.parametrize("dies_at", [1, 3])
def test_a_killed_run_ends_in_the_same_weights_and_log(tmp_path: Path, dies_at: int) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    train(whole, Points())
    with pytest.raises(KeyboardInterrupt):
        train(killed, Points(dies_at=dies_at))
    (killed / "states/episodes-0099.npz.1.tmp").write_bytes(b"cut short")
    train(killed, Points())
    for part in ("model", "newest", "states/last"):
        first, second = load_checkpoint_tensors(whole / part), load_checkpoint_tensors(killed / part)
        assert first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)
    assert read_log(whole / "log.jsonl") == read_log(killed / "log.jsonl")


def load_checkpoint_tensors(folder: Path) -> dict[str, torch.Tensor]:
    kind = json.loads((folder / "model.json").read_text())["kind"]
    return load_checkpoint(folder, kind).tensors


def test_killed_between_the_state_and_the_log(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    train(whole, Points())
    run = OnPolicyRun(TASK, Points(), SMALL, killed)
    run.resume()
    for _ in range(2):
        run.advance()
        run.save()
    run.advance()
    train(killed, Points())
    assert load_method(whole / "model", CHEETAH).sha256 == load_method(killed / "model", CHEETAH).sha256


def test_the_model_with_the_best_rolling_return_is_kept_and_training_stops_early(tmp_path: Path) -> None:
    config = replace(SMALL, iterations=12, rolling=2, patience=3)
    collect = Points(returns=[100.0, 1.0, 5.0, 9.0, 2.0, 1.0, 1.0, 1.0, 1.0])
    train(tmp_path, collect, config)
    assert len(collect.asked) == 7
    best = load_method(tmp_path / "model", CHEETAH)
    assert best.sha256 == collect.asked[3][0].sha256 and best.info.metrics["return_rolling"] == 7.0
    train(tmp_path, collect, config)
    assert len(collect.asked) == 7


def test_another_configuration_does_not_resume(tmp_path: Path) -> None:
    train(tmp_path, Points())
    with pytest.raises(CheckpointError, match="seed: 0 there, 1 now"):
        train(tmp_path, Points(), replace(SMALL, seed=1))
    with pytest.raises(CheckpointError, match="point"):
        train_on_policy(TaskInfo("line", CHEETAH, ("none",)), Points(), SMALL, tmp_path, say=lambda _: None)
    shutil.rmtree(tmp_path / "states")


def test_a_run_can_be_made_longer_or_ended_early(tmp_path: Path) -> None:
    config = replace(SMALL, iterations=3, final_updates=10)
    first = load_method(train(tmp_path / "grown", Points(), config), CHEETAH)
    again = Points()
    longer = load_method(train(tmp_path / "grown", again, replace(config, iterations=5)), CHEETAH)
    whole = load_method(train(tmp_path / "whole", Points(), replace(config, iterations=5)), CHEETAH)
    assert len(again.asked) == 2 and longer.sha256 == whole.sha256 != first.sha256
    assert (
        load_method(train(tmp_path / "whole", Points(), replace(config, iterations=4)), CHEETAH).sha256 == whole.sha256
    )


def test_exploring_rollouts_are_marked_and_not_counted(tmp_path: Path) -> None:
    mix = ExplorationConfig(noisy=0.34, other=0.34, other_planner="mppi")
    collect = Points()
    train(tmp_path, collect, replace(SMALL, iterations=2, exploration=mix))
    requests = collect.asked[1]
    assert [request.deviation > 0 for request in requests] == [False, False, True]
    assert [request.planner for request in requests] == ["random_shooting", "mppi", "random_shooting"]
    plain = collect._episode(requests[0]).rewards.sum()
    assert read_log(tmp_path / "log.jsonl")[1]["return/mean"] == pytest.approx(float(plain), rel=1e-4)


def test_rollouts_in_open_loop_are_a_share_of_all_and_not_counted(tmp_path: Path) -> None:
    mix = ExplorationConfig(open_loop=0.8, open_loop_steps=(2, 7))
    collect = Points()
    train(tmp_path, collect, replace(SMALL, rollouts=40, iterations=2, exploration=mix))
    requests = collect.asked[1]
    every = [request.replan_every for request in requests]
    assert every[0] == 1 and set(every) == {1, 2, 7} and 24 <= sum(each > 1 for each in every) <= 38
    plain = [collect._episode(request).rewards.sum() for request in requests if request.replan_every == 1]
    assert read_log(tmp_path / "log.jsonl")[1]["return/mean"] == pytest.approx(float(np.mean(plain)), rel=1e-4)


def test_without_open_loop_no_rollout_changes(tmp_path: Path) -> None:
    collect = Points()
    train(tmp_path, collect, replace(SMALL, iterations=2))
    assert {request.replan_every for requests in collect.asked for request in requests} == {1}


def test_what_went_worst_is_walked_again_with_the_newest_model_and_not_counted(tmp_path: Path) -> None:
    class Tracks(Points):
        """Episodes with specifications, the first ones of an iteration the worst."""

        def __call__(self, requests: Sequence[RolloutRequest]) -> list[Episode]:
            episodes = super().__call__(requests)
            specs = [request.again or f"track {request.seed}" for request in requests]
            return [
                replace(episode, spec=spec, rewards=np.full(25, float(number)))
                for number, (episode, spec) in enumerate(zip(episodes, specs, strict=True))
            ]

    collect = Tracks()
    train(tmp_path, collect, replace(SMALL, rollouts=8, iterations=3, exploration=ExplorationConfig(again=0.6)))
    first, second = collect.asked[0], collect.asked[1]
    again = [request for request in second if request.again]
    assert not any(request.again for request in first) and again and not second[0].again
    assert {request.again for request in again} <= {f"track {request.seed}" for request in first[:2]}
    assert all(request.model is not None for request in again)
    plain = [25.0 * number for number, request in enumerate(second) if not request.again]
    assert read_log(tmp_path / "log.jsonl")[1]["return/mean"] == pytest.approx(float(np.mean(plain)))


def test_schedules() -> None:
    paper = full()
    assert (paper.iterations, paper.rollouts, paper.steps, paper.cap) == (150, 10, 500, 50_000)
    assert paper.updates_after(3, 20_000) * 128 == pytest.approx(100 * 20_000, rel=0.01)
    assert paper.planning.candidates == 500 and paper.planning.horizon == 20 and paper.planning.hold == 1
    small = reduced(planner="cem")
    assert small.planner == "cem" and small.iterations * small.rollouts * small.steps <= 200_000


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"planner": "best"}, "unknown planner"),
        ({"iterations": 1}, "iterations must be at least 2"),
        ({"capacity": 10}, "capacity"),
        ({"final_width": 64}, "final_width is 64, but there is no last fit"),
        ({"final_unroll": 0}, "final_unroll is 0, but there is no last fit"),
        ({"final_width": -1}, "final_width must not be negative"),
        ({"final_unroll": -2, "final_updates": 1}, "final_unroll must not be negative, got -2"),
    ],
)
def test_bad_configurations(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(SMALL, **changes)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="leave some rollouts plain"):
        ExplorationConfig(noisy=0.5, other=0.5)
    with pytest.raises(ValueError, match=r"open loop must lie in \[0, 1\)"):
        ExplorationConfig(open_loop=1.0)
    with pytest.raises(ValueError, match="last 1 step or more"):
        ExplorationConfig(open_loop=0.5, open_loop_steps=(0, 2))
    with pytest.raises(ValueError, match=r"walked again must lie in \[0, 1\), got 1.0"):
        ExplorationConfig(again=1.0)

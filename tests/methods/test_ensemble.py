"""Ensembles: members that differ, learn each for itself, and speak with one voice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from hyperdynamics_core.data.windows import WindowData
from hyperdynamics_core.methods.config import locomotion_sizes
from hyperdynamics_core.methods.context import Context
from hyperdynamics_core.methods.ensemble import Ensemble
from hyperdynamics_core.methods.registry import make_method
from hyperdynamics_core.methods.storage import load_method, save_method
from hyperdynamics_core.systems.legged import CHEETAH
from hyperdynamics_core.training.dynamics import fit_statistics, window_losses
from tests.data.episode_examples import GAIN, gain_episodes
from tests.methods.test_legged_methods import legged_method, window
from tests.training.test_dynamics import CONFIG, gain_method


def ensemble(name: str = "hyperdynamics-ensemble", members: int = 3) -> Ensemble:
    method = legged_method(name, CHEETAH, members=members)
    assert isinstance(method, Ensemble)
    return method


@pytest.mark.parametrize("name", ["hyperdynamics-ensemble", "low-rank-ensemble"])
def test_the_bank_holds_each_members_own_expert(name: str) -> None:
    method = ensemble(name)
    context = Context(window(CHEETAH), None)
    bank = method.bank(context)
    assert bank.members == 3 and method.n_int == 6
    for index, member in enumerate(method):
        assert torch.equal(bank.member(index).weights, member.bank(context).weights)
    assert not torch.equal(bank.weights[0], bank.weights[1])
    states, actions = torch.randn(4, 18), torch.rand(4, 6)
    each = torch.stack([bank.member(index).predict(states, actions) for index in range(3)])
    torch.testing.assert_close(bank.predict(states, actions), each.mean(0))


def test_it_is_stored_whole(tmp_path: Path) -> None:
    method, context = ensemble(members=2), Context(window(CHEETAH), None)
    save_method(tmp_path / "model", method)
    again = load_method(tmp_path / "model", CHEETAH).method
    assert torch.equal(again.bank(context).weights, method.bank(context).weights)
    assert [member.normaliser.clamp for member in again.parts()] == [5.0, 5.0]


def test_a_member_learns_as_it_would_alone() -> None:
    """Its gradient does not depend on what the others predict."""
    method, data = gain_method("hyperdynamics-ensemble", members=2), WindowData(GAIN, gain_episodes(10))
    fit_statistics(method, data, CONFIG)
    batch = data.draw(CONFIG.windows, torch.Generator().manual_seed(0))
    first = method.parts()[0]
    torch.testing.assert_close(first.normaliser.input_std, method.normaliser.input_std)

    def gradients() -> list[torch.Tensor]:
        method.zero_grad()
        torch.stack(list(window_losses(method, batch, CONFIG).values())).sum().backward()  # type: ignore[no-untyped-call]
        return [parameter.grad.clone() for parameter in first.parameters() if parameter.grad is not None]

    before = gradients()
    with torch.no_grad():
        for parameter in method.parts()[1].parameters():
            parameter.mul_(3.0)
    for was, now in zip(before, gradients(), strict=True):
        assert torch.equal(was, now)
    alone = window_losses(first, batch, CONFIG)["prediction"]
    together = window_losses(method, batch, CONFIG)["prediction"]
    other = window_losses(method.parts()[1], batch, CONFIG)["prediction"]
    assert float(together.detach()) == pytest.approx(float((alone + other).detach()) / 2)


def test_several_codes_at_once_and_no_members_are_refused() -> None:
    with pytest.raises(ValueError, match="one code at a time, got 2"):
        ensemble().generate(torch.zeros(2, 6), torch.zeros(2, 0))
    with pytest.raises(ValueError, match="members must be at least 1, got 0"):
        make_method("hyperdynamics-ensemble", locomotion_sizes(members=0), CHEETAH)


def test_a_blind_one_needs_no_window() -> None:
    method = ensemble("global-ensemble")
    banks = [method.bank(Context(evidence, None)) for evidence in (None, window(CHEETAH))]
    assert np.array_equal(banks[0].weights.numpy(), banks[1].weights.numpy()) and banks[0].members == 3

"""Planning with an ensemble: means decide, and only the first member's favourites are looked at by all."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from hyperdynamics_core.methods.experts import ExpertBank
from hyperdynamics_core.planning.sequence_rollout import make_rollout
from hyperdynamics_core.planning.sequences import PLANNERS, SequencePlannerConfig, make_planner
from hyperdynamics_core.systems.legged import ANT, CHEETAH, LeggedSystem
from tests.planning.test_native_rollout import bank, start

HORIZON = 5


def members(system: LeggedSystem, count: int = 3) -> ExpertBank:
    torch.manual_seed(3)
    one = bank(system)
    noise = 0.1 * torch.randn(count, one.weights.shape[1])
    return replace(one, weights=one.weights + noise)


def returns_of(system: LeggedSystem, experts: ExpertBank, actions: Tensor, **settings: float) -> Tensor:
    return make_rollout(system, HORIZON, **settings)(start(system), actions, experts)[1].clone()  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["torch", "native"])
@pytest.mark.parametrize("system", [CHEETAH, ANT], ids=lambda system: system.name)
def test_all_asked_returns_are_means(system: LeggedSystem, mode: str) -> None:
    experts, actions = members(system), torch.rand(40, HORIZON, len(system.action_dimensions)) * 2 - 1
    each = [returns_of(system, experts.member(index), actions, mode=mode) for index in range(3)]
    found = returns_of(system, experts, actions, mode=mode, shortlist=1.0)
    torch.testing.assert_close(found, torch.stack(each).mean(0), rtol=1e-4, atol=1e-3)


def test_the_best_is_the_best_mean_among_the_first_members_favourites() -> None:
    experts, actions = members(CHEETAH), torch.rand(200, HORIZON, 6) * 2 - 1
    each = torch.stack([returns_of(CHEETAH, experts.member(index), actions) for index in range(3)])
    favourites = each[0].topk(20).indices
    found = returns_of(CHEETAH, experts, actions, shortlist=0.1)
    torch.testing.assert_close(found[favourites], each.mean(0)[favourites], rtol=1e-4, atol=1e-3)
    assert int(found.argmax()) == int(favourites[each.mean(0)[favourites].argmax()])
    assert (found <= found[favourites].max()).all() and int(found.argmax()) != int(each[0].argmax())


def test_the_price_of_tilting_is_each_members_own() -> None:
    experts, actions = members(CHEETAH, 2), torch.rand(8, HORIZON, 6)
    each = [returns_of(CHEETAH, experts.member(index), actions, upright=20.0) for index in range(2)]
    found = returns_of(CHEETAH, experts, actions, upright=20.0, shortlist=1.0)
    torch.testing.assert_close(found, torch.stack(each).mean(0), rtol=1e-4, atol=1e-3)


def test_what_no_member_can_follow_does_not_win() -> None:
    experts, actions = members(CHEETAH, 2), torch.rand(50, HORIZON, 6)
    broken = replace(experts, weights=torch.cat((experts.weights[:1], torch.full_like(experts.weights[1:], torch.nan))))
    for shortlist in (0.2, 1.0):
        assert torch.isneginf(returns_of(CHEETAH, broken, actions, shortlist=shortlist)).all()
    half = actions * torch.linspace(0.0, 1e38, 50).view(-1, 1, 1)  # beyond float32 for all members from some one on
    found = returns_of(CHEETAH, experts, half, shortlist=1.0)
    assert 0 < int(torch.isneginf(found).sum()) < 50


@pytest.mark.parametrize("name", PLANNERS)
def test_every_planner_takes_ensembles(name: str) -> None:
    experts = members(ANT)
    config = SequencePlannerConfig(candidates=60, horizon=HORIZON)
    planner = make_planner(name, ANT, torch.Generator().manual_seed(0), config)
    plan = planner.plan(start(ANT), experts)
    assert plan.usable and plan.actions.shape == (HORIZON, 8) and plan.states.shape == (HORIZON + 1, 29)


@pytest.mark.parametrize("shortlist", [0.0, 1.5])
def test_shares_are_checked(shortlist: float) -> None:
    with pytest.raises(ValueError, match="shortlist must lie in"):
        SequencePlannerConfig(shortlist=shortlist)

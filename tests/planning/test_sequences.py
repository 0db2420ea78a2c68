"""Planners over torques against an expert whose best actions are known."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import pytest
import torch

from hyperdynamics_core.methods.experts import ExpertBank
from hyperdynamics_core.networks.expert import ExpertArchitecture, apply_expert, initial_weights
from hyperdynamics_core.planning.action_noise import coloured_noise, uniform_sequences
from hyperdynamics_core.planning.cross_entropy import CrossEntropy
from hyperdynamics_core.planning.expert_rollout import ExpertRollout
from hyperdynamics_core.planning.sequence_shooting import SequenceShooting
from hyperdynamics_core.planning.sequences import AUTO, PLANNERS, SequencePlannerConfig, make_planner, shift
from hyperdynamics_core.systems.legged import ANT, CHEETAH, LeggedSystem

SMALL = SequencePlannerConfig(candidates=120, horizon=10)


def bank(system: LeggedSystem, clamp: float = 0.0) -> ExpertBank:
    torch.manual_seed(0)
    n_in, n_out = len(system.feature_dimensions), len(system.delta_dimensions)
    architecture = ExpertArchitecture((n_in, 128, 128, n_out), input_clamp=clamp)
    return ExpertBank(system, architecture, initial_weights(architecture).unsqueeze(0) * 0.5, torch.zeros(1))


def driven(system: LeggedSystem) -> ExpertBank:
    """An expert whose x moves by 0.1 times the first action: full ahead with the first, nothing with the rest."""
    n_in, n_out = len(system.feature_dimensions), len(system.delta_dimensions)
    architecture = ExpertArchitecture((n_in, n_out))
    weight = torch.zeros(n_out, n_in)
    weight[0, n_in - len(system.action_dimensions)] = 0.1
    return ExpertBank(system, architecture, torch.cat((weight.flatten(), torch.zeros(n_out))).unsqueeze(0),
                      torch.zeros(1))  # fmt: skip


def start(system: LeggedSystem) -> torch.Tensor:
    state = 0.1 * torch.randn(len(system.state_dimensions), generator=torch.Generator().manual_seed(1))
    if system.orientation is not None:
        state[system.orientation] = torch.tensor([0.0, 0.0, 0.0, 1.0])
    return state


@pytest.mark.parametrize("clamp", [0.0, 0.2])
@pytest.mark.parametrize("system", [CHEETAH, ANT])
def test_rollout_is_repeated_prediction(system: LeggedSystem, clamp: float) -> None:
    experts, state = bank(system, clamp), start(system)
    actions = uniform_sequences(7, 5, len(system.action_dimensions), 1, torch.Generator().manual_seed(0))
    states, returns = ExpertRollout(system, 5)(state, actions, experts)
    expected = [state.expand(7, -1)]
    for step in range(5):
        delta = apply_expert(experts.weights[0], system.features(expected[-1], actions[:, step]), experts.architecture)
        expected.append(system.compose(expected[-1], delta))
    wanted = torch.stack(expected)
    torch.testing.assert_close(states, wanted, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(returns, system.rewards(wanted.transpose(0, 1), actions).sum(-1), atol=1e-2, rtol=1e-3)


@pytest.mark.parametrize("name", PLANNERS)
@pytest.mark.parametrize("system", [CHEETAH, ANT])
def test_plans_find_the_way_ahead(name: str, system: LeggedSystem) -> None:
    planner = make_planner(name, system, torch.Generator().manual_seed(0), SMALL)
    state = start(system)
    for _ in range(3):
        plan = planner.plan(state, driven(system))
    assert plan.usable and plan.actions.shape == (10, len(system.action_dimensions))
    assert plan.states.shape == (11, len(system.state_dimensions))
    best = system.calm * 10 * 0.1 / system.dt
    assert plan.total_reward > (0.3 if name == "random_shooting" else 0.8) * best
    assert float(plan.actions.abs().max()) <= system.calm + 1e-6
    way = float(plan.states[-1, 0] - plan.states[0, 0])
    assert way == pytest.approx(0.1 * float(plan.actions[:, 0].sum()), rel=1e-3)


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("name", PLANNERS)
def test_same_seed_same_plans_and_reset_forgets(name: str, keep: bool) -> None:
    experts, state = bank(CHEETAH), start(CHEETAH)
    config = replace(SMALL, keep=keep)
    first, second = (make_planner(name, CHEETAH, torch.Generator().manual_seed(3), config) for _ in range(2))
    second.plan(state, driven(CHEETAH))
    second.reset()
    second.generator.manual_seed(3)  # type: ignore[attr-defined]
    for _ in range(2):
        assert torch.equal(first.plan(state, experts).actions, second.plan(state, experts).actions)


@pytest.mark.parametrize("name", PLANNERS)
def test_number_of_candidates_can_change_between_plans(name: str) -> None:
    planner = make_planner(name, CHEETAH, torch.Generator().manual_seed(0), SMALL)
    for candidates in (120, 30, 240):
        planner.candidates = candidates
        plan = planner.plan(start(CHEETAH), bank(CHEETAH))
        assert plan.candidates == candidates and plan.usable


@pytest.mark.parametrize("name", PLANNERS)
def test_predictions_that_are_not_finite_lose(name: str) -> None:
    broken = bank(CHEETAH)
    broken.weights.fill_(math.nan)
    planner = make_planner(name, CHEETAH, torch.Generator().manual_seed(0), SMALL)
    plan = planner.plan(start(CHEETAH), broken)
    assert not plan.usable and plan.total_reward == -math.inf and bool((plan.actions == 0).all())
    assert planner.plan(start(CHEETAH), driven(CHEETAH)).usable


def test_a_sequence_that_explodes_loses_to_a_modest_one() -> None:
    experts = driven(CHEETAH)
    weight = experts.weights[0, : -len(CHEETAH.delta_dimensions)].view(len(CHEETAH.delta_dimensions), -1)
    weight[0, -6] = 1e38
    actions = torch.zeros(3, 10, 6)
    actions[0, :, 0], actions[1, :, 0] = 1.0, -1.0
    _, returns = ExpertRollout(CHEETAH, 10)(start(CHEETAH), actions, experts)
    assert returns[0] == -math.inf and returns[1] == -math.inf and math.isfinite(float(returns[2]))


def test_wrong_experts_are_refused() -> None:
    planner = make_planner("random_shooting", CHEETAH, torch.Generator(), SMALL)
    with pytest.raises(ValueError, match="use a model of this robot"):
        planner.plan(start(CHEETAH), bank(ANT))
    with pytest.raises(ValueError, match="unknown planner 'best'"):
        make_planner("best", CHEETAH, torch.Generator())


@pytest.mark.parametrize("keep", [True, False])
def test_a_kept_plan_is_only_left_for_a_better_one(keep: bool) -> None:
    config = SequencePlannerConfig(candidates=4, horizon=10, keep=keep)
    planner = make_planner("random_shooting", CHEETAH, torch.Generator().manual_seed(0), config)
    experts, state, rollout = driven(CHEETAH), start(CHEETAH), ExpertRollout(CHEETAH, 10)
    last, left = planner.plan(state, experts), 0
    for _ in range(20):
        _, returns = rollout(state, shift(last.actions).unsqueeze(0), experts)
        going_on = float(returns[0])
        last = planner.plan(state, experts)
        left += last.total_reward < going_on - 1e-3
    assert (left == 0) == keep


@pytest.mark.parametrize(("system", "kind"), [(ANT, SequenceShooting), (CHEETAH, CrossEntropy)])
def test_each_robot_has_its_own_planner(system: LeggedSystem, kind: type) -> None:
    assert isinstance(make_planner(AUTO, system, torch.Generator(), SMALL), kind)


def test_held_actions_stay() -> None:
    actions = uniform_sequences(5, 10, 6, 4, torch.Generator().manual_seed(0))
    assert torch.equal(actions[:, 0], actions[:, 3]) and not torch.equal(actions[:, 3], actions[:, 4])
    assert actions.shape == (5, 10, 6) and float(actions.abs().max()) <= 1.0


@pytest.mark.parametrize("horizon", [19, 20])
@pytest.mark.parametrize("exponent", [0.0, 1.0, 2.0])
def test_noise_has_variance_one_and_its_colour(horizon: int, exponent: float) -> None:
    noise = coloured_noise(4000, horizon, 2, exponent, torch.Generator().manual_seed(0))
    assert noise.shape == (4000, horizon, 2)
    assert float(noise.var()) == pytest.approx(1.0, abs=0.05)
    alike = float((noise[:, 1:] * noise[:, :-1]).mean())
    low, high = {0.0: (-0.05, 0.05), 1.0: (0.35, 0.75), 2.0: (0.75, 1.0)}[exponent]
    assert low < alike < high


def test_a_plan_of_the_papers_size_is_quick() -> None:
    planner = make_planner("random_shooting", CHEETAH, torch.Generator().manual_seed(0))
    state, experts = start(CHEETAH), bank(CHEETAH)
    times = []
    for _ in range(10):
        began = time.thread_time()
        planner.plan(state, experts)
        times.append(time.thread_time() - began)
    assert min(times) < 0.1

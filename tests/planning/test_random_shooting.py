import dataclasses

import pytest
import torch

from hyperdynamics_core.planning.geodesic import GeodesicConfig
from hyperdynamics_core.planning.geometry import Workspace
from hyperdynamics_core.planning.judge import CostConfig
from hyperdynamics_core.planning.problem import PlanningProblem
from hyperdynamics_core.planning.random_shooting import RandomShooting, RandomShootingConfig
from hyperdynamics_core.planning.sampling import SamplingConfig
from tests.planning.disc import DiscExperts, disc_footprint, disc_state

NONE = torch.zeros(0, 4)
GOAL = torch.tensor([0.15, 0.0])


def planner(seed: int = 0, **changes) -> RandomShooting:
    return RandomShooting(Workspace(), torch.Generator().manual_seed(seed), RandomShootingConfig(**changes))


def problem(**changes) -> PlanningProblem:
    base = PlanningProblem(disc_state(), GOAL, DiscExperts(), disc_footprint(), NONE)
    return dataclasses.replace(base, **changes)


def test_it_pushes_towards_the_goal():
    plan = planner().plan(problem())
    assert plan.feasible
    assert plan.actions.shape == (1, 3)
    assert plan.candidates.paths.shape == (30, 2, 2)
    assert float((plan.states[-1, :2] - GOAL).norm()) < 0.15 - 0.015
    assert plan.cost == pytest.approx(float(plan.candidates.costs.min()))


def test_the_chosen_plan_is_the_cheapest_and_replays():
    experts = DiscExperts()
    plan = planner(horizon=4).plan(problem(experts=experts))
    state = plan.states[0].unsqueeze(0)
    from hyperdynamics_core.systems.push import PUSH

    for action, expected in zip(plan.actions, plan.states[1:], strict=True):
        state = PUSH.compose(state, experts.predict(state, action.unsqueeze(0)))
        assert torch.allclose(state[0], expected, atol=1e-5)


def test_from_the_wrong_side_it_sets_the_rod_down_behind_the_object():
    plan = planner().plan(problem(state=disc_state(rod=(0.07, 0.0))))
    assert plan.reposition is not None
    assert plan.reposition[0] < 0.0


@pytest.mark.parametrize("rule", ["never", "required"])
def test_rules_about_repositioning_are_kept(rule):
    for seed in range(5):
        plan = planner(seed).plan(problem(reposition=rule, state=disc_state(rod=(0.07, 0.0))))
        assert (plan.reposition is None) == (rule == "never")


def test_obstacles_lengthen_the_horizon_and_are_kept_clear_of():
    wall = torch.tensor([[0.10, 0.0, 0.02, 0.04]])
    for seed in range(10):
        plan = planner(seed).plan(problem(obstacles=wall, goal=torch.tensor([0.25, 0.0])))
        assert plan.candidates.paths.shape[1] == 11
        assert plan.feasible
        gap = disc_footprint().separation(plan.states[:, :2], torch.zeros(len(plan.states)), wall)
        assert float(gap.min()) > 0.0


def test_when_every_push_would_collide_it_says_so():
    cage = torch.tensor([[0.0, 0.062, 0.1, 0.02], [0.0, -0.062, 0.1, 0.02], [0.062, 0.0, 0.02, 0.1]])
    straight_on = torch.tensor([[0.05, 0.0, 0.0]])
    only = SamplingConfig(candidates=1)
    plan = planner(sampling=only).plan(problem(obstacles=cage, reposition="never", seed_actions=straight_on))
    assert not plan.feasible
    assert plan.cost > 1.0


def test_a_seeded_sequence_is_tried():
    actions = torch.tensor([[0.06, 0.0, 0.0]])
    config = SamplingConfig(candidates=1)
    plan = planner(sampling=config).plan(problem(seed_actions=actions, reposition="never"))
    assert torch.allclose(plan.actions, actions)


def test_ending_last_keeps_the_whole_sequence():
    last = planner(horizon=5, costs=CostConfig(ending="last")).plan(problem())
    best = planner(horizon=5, costs=CostConfig(ending="best")).plan(problem())
    assert len(last.actions) == 5
    assert best.cost <= last.cost + 5 * 0.004


def test_it_does_not_push_over_the_edge():
    state = disc_state(0.26, 0.0, rod=(0.19, 0.0))
    for seed in range(10):
        plan = planner(seed).plan(problem(state=state, goal=torch.tensor([0.2, 0.1])))
        if plan.feasible:
            assert float(plan.rest.abs().max()) <= 0.28 + 1e-6


def test_sliding_counts_towards_the_goal():
    plan = planner().plan(problem(experts=DiscExperts(glide=2.0)))
    assert float(plan.rest[0]) > float(plan.states[-1, 0])


def test_same_seed_same_plan():
    first, second = (planner(3).plan(problem()) for _ in range(2))
    assert torch.equal(first.actions, second.actions)
    assert first.cost == second.cost


def test_a_state_that_is_not_finite_is_refused():
    state = disc_state()
    state[0] = torch.nan
    with pytest.raises(ValueError, match="not finite"):
        problem(state=state)


def test_wrong_shapes_are_refused():
    with pytest.raises(ValueError, match=r"state \[16\]"):
        problem(goal=torch.zeros(3))


def test_rules_come_before_the_way_left():
    # Inside the slow zone of the wall a step ahead is worth far more than the penalty of touching it.
    wall = torch.tensor([[0.062, 0.0, 0.02, 0.02]])
    steep = GeodesicConfig(blocked_slowness=500.0)
    for seed in range(10):
        plan = planner(seed, geodesic=steep, obstacle_horizon=2).plan(
            problem(obstacles=wall, goal=torch.tensor([0.2, 0]))
        )
        assert plan.feasible == bool(plan.candidates.feasible.any())


def test_a_push_into_thin_air_makes_no_progress():
    class Optimist(DiscExperts):
        def predict(self, state, action):
            delta = super().predict(state, action)
            delta[:, 0] += 0.005
            return delta

    away = torch.tensor([[-0.05, 0.0, 0.0]])
    config = SamplingConfig(candidates=1)
    plan = planner(sampling=config).plan(problem(experts=Optimist(), seed_actions=away, reposition="never"))
    assert plan.progress == pytest.approx(0.0, abs=1e-6)

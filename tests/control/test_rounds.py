import pytest
import torch

from hyperdynamics_core.control.rounds import RoundsConfig, plan_in_rounds
from hyperdynamics_core.planning.geometry import Workspace
from hyperdynamics_core.planning.problem import PlanningProblem
from hyperdynamics_core.planning.random_shooting import RandomShooting
from tests.planning.disc import DiscExperts, disc_footprint, disc_state

NONE = torch.zeros(0, 4)


class Noting(RandomShooting):
    """Remembers what it was asked."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__(Workspace(), torch.Generator().manual_seed(seed))
        self.asked: list[PlanningProblem] = []

    def plan(self, problem):
        self.asked.append(problem)
        return super().plan(problem)


def problem(obstacles=NONE, goal=(0.15, 0.0), **changes) -> PlanningProblem:
    return PlanningProblem(disc_state(), torch.tensor(goal), DiscExperts(), disc_footprint(), obstacles, **changes)


def test_a_good_plan_ends_the_search():
    planner = Noting()
    plan = plan_in_rounds(planner, [problem()], RoundsConfig())
    assert plan.feasible
    assert plan.progress >= 0.01
    assert len(planner.asked) == 1


def test_without_a_good_plan_all_rounds_are_tried_and_the_best_is_kept():
    planner = Noting()
    cage = torch.tensor([[0.062, 0, 0.02, 0.2], [-0.062, 0, 0.02, 0.2], [0, 0.062, 0.2, 0.02], [0, -0.062, 0.2, 0.02]])
    config = RoundsConfig(cautions=(1.0, 0.5, 0.0))
    plan = plan_in_rounds(planner, [problem(cage)], config)
    assert [asked.caution for asked in planner.asked] == [1.0, 0.5, 0.0]
    assert not plan.feasible


def test_little_progress_is_taken_where_no_round_finds_more():
    planner = Noting()
    plan = plan_in_rounds(planner, [problem(goal=(0.005, 0.0))], RoundsConfig(cautions=(1.0, 0.5)))
    assert plan.feasible
    assert len(planner.asked) == 2


def test_the_first_round_may_follow_an_earlier_plan():
    planner = Noting()
    follow = problem(goal=(-0.15, 0.0), reposition="never", seed_actions=torch.tensor([[0.05, 0.0, 0.0]]))
    plan_in_rounds(planner, [follow, problem(goal=(-0.15, 0.0))], RoundsConfig(cautions=(1.0, 1.0, 1.0)))
    assert [asked.reposition for asked in planner.asked][:2] == ["never", "allowed"]


@pytest.mark.parametrize("bad", [(), (1.2,), (0.5, -0.1)])
def test_impossible_cautions_are_refused(bad):
    with pytest.raises(ValueError, match="caution"):
        RoundsConfig(cautions=bad)


def test_no_problem_is_refused():
    with pytest.raises(ValueError, match="problem"):
        plan_in_rounds(Noting(), [], RoundsConfig())

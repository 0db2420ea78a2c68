"""Plans that last."""

from __future__ import annotations

import pytest
import torch

from hyperdynamics_core.methods.experts import ExpertBank
from hyperdynamics_core.networks.expert import ExpertArchitecture, initial_weights
from hyperdynamics_core.planning.open_loop import OpenLoop
from hyperdynamics_core.planning.sequences import ActionPlan
from hyperdynamics_core.systems.legged import CHEETAH

ARCHITECTURE = ExpertArchitecture((len(CHEETAH.feature_dimensions), len(CHEETAH.delta_dimensions)))
EXPERTS = ExpertBank(CHEETAH, ARCHITECTURE, initial_weights(ARCHITECTURE).unsqueeze(0), torch.zeros(1))
STATE = torch.zeros(len(CHEETAH.state_dimensions))
H = 4


class Counting:
    """The n-th plan (n from 1) has actions of 10 n + step."""

    def __init__(self, non_finite: int = 0) -> None:
        self.candidates, self.asked, self.resets, self.non_finite = 5, 0, 0, non_finite

    def plan(self, state: torch.Tensor, experts: ExpertBank) -> ActionPlan:
        self.asked += 1
        steps = 10.0 * self.asked + torch.arange(H + 1)
        return ActionPlan(steps[:H, None].repeat(1, 6), steps[:, None].repeat(1, len(state)), 1.0, 5, self.non_finite)

    def reset(self) -> None:
        self.resets += 1


def firsts(planner: OpenLoop, steps: int) -> list[int]:
    return [int(planner.plan(STATE, EXPERTS).actions[0, 0]) for _ in range(steps)]


@pytest.mark.parametrize(
    ("every", "expected"),
    [(1, [10, 20, 30, 40, 50]), (2, [10, 11, 20, 21, 30]), (4, [10, 11, 12, 13, 20]), (9, [10, 11, 12, 13, 20])],
)
def test_a_plan_lasts_for_so_many_steps_but_no_longer_than_its_horizon(every: int, expected: list[int]) -> None:
    assert firsts(OpenLoop(Counting(), every), 5) == expected


def test_what_is_left_of_a_plan_fits_together() -> None:
    planner = OpenLoop(Counting(), 3)
    planner.plan(STATE, EXPERTS)
    rest = planner.plan(STATE, EXPERTS)
    assert rest.actions[:, 0].tolist() == [11, 12, 13] and rest.states[:, 0].tolist() == [11, 12, 13, 14]


def test_a_new_episode_has_a_new_plan() -> None:
    inner = Counting()
    planner = OpenLoop(inner, 3)
    firsts(planner, 2)
    planner.reset()
    assert firsts(planner, 1) == [20] and inner.resets == 1


def test_a_plan_without_a_finite_prediction_does_not_last() -> None:
    assert firsts(OpenLoop(Counting(non_finite=5), 3), 3) == [10, 20, 30]


def test_candidates_are_the_planners() -> None:
    inner = Counting()
    planner = OpenLoop(inner, 2)
    planner.candidates = 7
    assert inner.candidates == planner.candidates == 7


def test_a_plan_lasts_for_a_step_at_least() -> None:
    with pytest.raises(ValueError, match="at least 1 step, got 0"):
        OpenLoop(Counting(), 0)

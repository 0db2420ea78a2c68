"""A walk in a world where x moves by 0.1 m times the first action."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from hyperdynamics_core.control.walk_goal import (
    WalkCode,
    WalkCommand,
    WalkFinished,
    WalkGoal,
    WalkPhase,
    WalkTaskConfig,
)
from hyperdynamics_core.control.walk_task import WalkTask
from hyperdynamics_core.methods.experts import ExpertBank
from hyperdynamics_core.planning.sequences import SequencePlannerConfig, make_planner
from hyperdynamics_core.systems.legged import ANT, CHEETAH
from tests.planning.test_sequences import driven

SMALL = SequencePlannerConfig(candidates=60, horizon=5)
Step = Callable[[int], ExpertBank | None]


def task(goal: WalkGoal, config: WalkTaskConfig | None = None, clock: Callable[[], float] | None = None) -> WalkTask:
    planner = make_planner("cem", CHEETAH, torch.Generator().manual_seed(0), SMALL)
    return WalkTask(goal, CHEETAH, planner, config, **({"clock": clock} if clock else {}))


def walk(task: WalkTask, steps: int, experts: Step) -> tuple[list[WalkCommand], WalkFinished | None, torch.Tensor]:
    """Follow the commands for some steps; experts come with the state's time."""
    state, commands = torch.zeros(18), []
    for number in range(steps):
        expert, now = experts(number), number * CHEETAH.dt
        result = task.update(now, state, expert, now)
        if isinstance(result, WalkFinished):
            return commands, result, state
        commands.append(result)
        state = state.clone()
        state[0] += 0.1 * result.action[0]
    return commands, None, state


def test_a_distance_is_walked() -> None:
    walked = task(WalkGoal(distance=2.0))
    commands, end, state = walk(walked, 200, lambda _: driven(CHEETAH))
    assert end is not None and end.success and end.distance >= 2.0
    assert {command.phase for command in commands} == {WalkPhase.WALKING}
    cost = 0.05 * sum(float(command.action.square().sum()) for command in commands)
    assert end.total_return == pytest.approx(float(state[0]) / 0.01 - cost, rel=1e-4)
    assert end.steps == len(commands) and end.duration == pytest.approx(len(commands) * 0.01)
    assert walked.speed == pytest.approx(float(state[0]) / end.duration, rel=0.3)
    assert walked.times.percentiles_ms()[0] > 0 and walked.times.rate > 0
    assert walked.update(9.0, state) is end


@pytest.mark.parametrize(("goal", "code"), [(WalkGoal(duration=0.3), WalkCode.SUCCESS),
                                            (WalkGoal(50.0, 0.3), WalkCode.TIME_OUT)])  # fmt: skip
def test_the_duration_ends_it(goal: WalkGoal, code: WalkCode) -> None:
    commands, end, _ = walk(task(goal), 200, lambda _: driven(CHEETAH))
    assert end is not None and end.code is code and len(commands) == 30


@pytest.mark.parametrize("goal", [WalkGoal(), WalkGoal(-1.0), WalkGoal(math.nan, 1.0), WalkGoal(1.0, math.inf)])
def test_bad_goals_are_refused(goal: WalkGoal) -> None:
    commands, end, _ = walk(task(goal), 1, lambda _: driven(CHEETAH))
    assert not commands and end is not None and end.code is WalkCode.INVALID_GOAL and goal.fault() == end.message


def test_cancel() -> None:
    walked = task(WalkGoal(1000.0))
    walk(walked, 3, lambda _: driven(CHEETAH))
    walked.cancel()
    end = walked.update(1.0, torch.zeros(18))
    assert isinstance(end, WalkFinished) and end.code is WalkCode.CANCELED and not end.success and end.steps == 3


def test_a_late_expert_is_held_then_torques_go_to_zero_then_it_ends() -> None:
    walked = task(WalkGoal(1e6), WalkTaskConfig(expert_hold=0.1, give_up=0.2))
    commands, end, _ = walk(walked, 100, lambda number: driven(CHEETAH) if number < 10 else None)
    phases = [command.phase for command in commands]
    assert phases == [WalkPhase.WALKING] * 11 + [WalkPhase.HOLDING] * 9 + [WalkPhase.LIMP] * 20
    assert all(bool((command.action == 0).all()) for command in commands[20:]) and walked.late_experts == 9
    assert end is not None and end.code is WalkCode.STALE_EXPERT and "too old" in end.message


def test_it_walks_again_when_experts_come_back() -> None:
    walked = task(WalkGoal(1e6), WalkTaskConfig(expert_hold=0.05, give_up=1.0))
    commands, end, _ = walk(walked, 40, lambda number: None if 5 <= number < 25 else driven(CHEETAH))
    assert end is None and commands[24].phase is WalkPhase.LIMP and commands[25].phase is WalkPhase.WALKING


def test_without_any_expert_it_waits_and_ends() -> None:
    commands, end, _ = walk(task(WalkGoal(1.0), WalkTaskConfig(give_up=0.1)), 100, lambda _: None)
    assert {command.phase for command in commands} == {WalkPhase.WAITING}
    assert end is not None and end.code is WalkCode.STALE_EXPERT and end.duration == pytest.approx(0.11)


def test_experts_of_another_robot_are_none() -> None:
    walked = task(WalkGoal(1.0), WalkTaskConfig(give_up=0.1))
    _, end, _ = walk(walked, 100, lambda _: driven(ANT))
    assert end is not None and end.code is WalkCode.STALE_EXPERT and "'ant'" in end.message


@pytest.mark.parametrize("bad", [None, torch.full((18,), math.nan), torch.zeros(29)])
def test_bad_states_stop_the_robot(bad: torch.Tensor | None) -> None:
    walked = task(WalkGoal(1.0), WalkTaskConfig(give_up=0.1))
    walked.update(0.0, torch.zeros(18), driven(CHEETAH), 0.0)
    result = walked.update(0.01, bad, driven(CHEETAH), 0.01)
    assert isinstance(result, WalkCommand) and bool((result.action == 0).all())
    end = walked.update(0.2, bad, driven(CHEETAH), 0.2)
    assert isinstance(end, WalkFinished) and end.code is WalkCode.STALE_STATE


def test_a_clock_that_jumps_back_ends_it() -> None:
    walked = task(WalkGoal(1.0))
    walked.update(5.0, torch.zeros(18), driven(CHEETAH), 5.0)
    end = walked.update(1.0, torch.zeros(18), driven(CHEETAH), 1.0)
    assert isinstance(end, WalkFinished) and end.code is WalkCode.STALE_STATE and "clock" in end.message


def test_a_model_that_predicts_nothing_finite_ends_it() -> None:
    broken = replace(driven(CHEETAH), weights=torch.full_like(driven(CHEETAH).weights, math.nan))
    commands, end, _ = walk(task(WalkGoal(1.0)), 100, lambda _: broken)
    assert all(bool((command.action == 0).all()) for command in commands)
    assert end is not None and end.code is WalkCode.NO_PLAN and len(commands) == 4


def test_candidates_follow_the_deadline() -> None:
    now = [0.0]

    def clock() -> float:
        now[0] += 0.03
        return now[0]

    walked = task(WalkGoal(1e6), WalkTaskConfig(adapt_candidates=True, min_candidates=10), clock)
    walk(walked, 20, lambda _: driven(CHEETAH))
    assert walked.planner.candidates == 10 and walked.times.missed == 20
    walked.cancel()
    walked.update(1.0, None)
    assert walked.planner.candidates == 60


def test_settings_are_checked() -> None:
    with pytest.raises(ValueError, match="expert_hold"):
        WalkTaskConfig(expert_hold=-1.0)
    with pytest.raises(ValueError, match="use_of_deadline"):
        WalkTaskConfig(use_of_deadline=0.0)

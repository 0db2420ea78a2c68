"""Cutting the stream of states into steps, and whose action a step has."""

from __future__ import annotations

import numpy as np
import pytest

from hyperdynamics_core.systems.legged import CHEETAH
from hyperdynamics_ros.legged_states import Sample
from hyperdynamics_ros.legged_steps import Commands, LeggedStepFinder

STEP = 10_000_000
START = 50_000_000_000


def sample(time: float, effort: float | None = 0.0) -> Sample:
    """At a time in steps after the start; the state's first number is the time."""
    state = np.zeros(18)
    state[0] = time
    return Sample(START + round(time * STEP), state, None if effort is None else np.full(6, effort))


def test_the_effort_at_a_steps_end_is_its_action():
    finder = LeggedStepFinder(CHEETAH)
    first = finder.add(sample(0, 0.9))
    assert first is not None and first.broken and first.step is None
    for time in (1, 2, 3):
        cut = finder.add(sample(time, 0.1 * time))
        assert not cut.broken
        before, action, after = cut.step
        assert (before[0], after[0]) == (time - 1, time)
        np.testing.assert_allclose(action, 0.1 * time)


def test_of_a_faster_driver_each_step_takes_the_mean_effort():
    finder = LeggedStepFinder(CHEETAH)
    cuts = [finder.add(sample(0.25 * count, float(count))) for count in range(9)]
    assert [cut is not None for cut in cuts] == [True, False, False, False, True, False, False, False, True]
    np.testing.assert_allclose(cuts[4].step[1], np.mean((1, 2, 3, 4)))
    np.testing.assert_allclose(cuts[8].step[1], np.mean((5, 6, 7, 8)))


@pytest.mark.parametrize("late", [1.6, 500.0])
def test_a_gap_breaks_the_history(late):
    finder = LeggedStepFinder(CHEETAH)
    finder.add(sample(0))
    cut = finder.add(sample(late))
    assert cut.broken and cut.step is None and finder.gaps == 1
    assert not finder.add(sample(late + 1)).broken


def test_no_effort_no_step():
    finder = LeggedStepFinder(CHEETAH)
    finder.add(sample(0, None))
    cut = finder.add(sample(1, None))
    assert cut.broken and cut.step is None and finder.without_action == 1


@pytest.mark.parametrize(("delay", "answered"), [(0.0, 0), (1.0, -1), (0.5, -1)])
def test_a_command_acts_from_the_delay_on_until_the_next_one(delay, answered):
    commands = Commands(round(delay * STEP), 5 * STEP)
    finder = LeggedStepFinder(CHEETAH, commands)
    for time in range(-3, 5):
        commands.add(START + time * STEP, np.full(6, float(time)))
    finder.add(sample(0, None))
    action = finder.add(sample(1, None)).step[1]
    np.testing.assert_allclose(action, answered)


def test_commands_that_stopped_act_no_longer():
    commands = Commands(0, 3 * STEP)
    commands.add(START, np.ones(6))
    assert commands.acting(START + 3 * STEP, 0) is not None
    assert commands.acting(START + 4 * STEP, 0) is None
    assert commands.acting(START - STEP, 0) is None
    commands.clear()
    assert commands.acting(START, 0) is None

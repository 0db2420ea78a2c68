"""States, frames and steps are put together by their stamps, whatever the order of arrival."""

from __future__ import annotations

import numpy as np

from hyperdynamics_ros.conversions.states import end_effector_message, odometry_message
from hyperdynamics_ros.frames import FrameAssembler
from hyperdynamics_ros.steps import StepFinder
from hyperdynamics_ros.synchronisation import StampBuffer, StateBuffer
from tests.ros import messages

SECOND = 1_000_000_000
DT = 0.8


def test_buffers_find_the_nearest_and_forget_the_oldest():
    buffer = StampBuffer(2)
    for stamp in (10, 20, 30):
        buffer.add(stamp, str(stamp))
    assert buffer.stamps() == [20, 30] and buffer.newest() == (30, "30")
    assert buffer.nearest(23, 5) == (20, "20") and buffer.nearest(10, 5) is None


def test_states_are_complete_in_either_order():
    state = messages.push_state()
    for order in (0, 1):
        buffer = StateBuffer(tolerance=1000)
        first = (buffer.add_odometry, odometry_message(state, SECOND))
        second = (buffer.add_end_effector, end_effector_message(state, SECOND + 500))
        calls = [first, second] if order == 0 else [second, first]
        nothing, (stamp, completed) = [add(message) for add, message in calls]
        assert nothing is None and stamp == SECOND and buffer.states.newest()[1] is completed
        np.testing.assert_allclose(completed, state, atol=1e-12)


def test_states_of_different_moments_do_not_mix():
    buffer = StateBuffer(tolerance=1000)
    buffer.add_odometry(messages.odometry())
    assert not buffer.add_end_effector(end_effector_message(messages.push_state(), messages.STAMP + 2000))


def test_frames_are_given_out_once_and_never_backwards():
    frames = FrameAssembler(0, ("color", "info"))
    for stamp in (1, 2):
        for part in ("color", "info"):
            frames.add(part, end_effector_message(messages.push_state(), stamp))
    assert frames.newest()[0] == 2 and frames.newest() is None
    frames.add("color", end_effector_message(messages.push_state(), 3))
    assert frames.newest() is None


def frames_of(*parts):
    frames = FrameAssembler(0, ("color", "object"))
    for part, stamp in parts:
        frames.add(part, end_effector_message(messages.push_state(), stamp))
    return frames


def test_a_newer_picture_is_waited_for_as_long_as_its_state_may_come(monkeypatch):
    frames = frames_of(("color", 1), ("object", 1), ("color", 2))
    assert frames.newest() is None
    frames.add("object", end_effector_message(messages.push_state(), 2))
    assert frames.newest()[0] == 2
    passed = frames_of(("color", 1), ("object", 1), ("color", 2), ("object", 3))
    assert passed.newest()[0] == 1
    late = frames_of(("color", 1), ("object", 1), ("color", 2))
    assert late.newest() is None
    monkeypatch.setattr("hyperdynamics_ros.frames.PATIENCE", 0.0)
    assert late.newest()[0] == 1


def steps_with(state):
    states = StampBuffer()
    states.add(SECOND, state)
    finder = StepFinder(DT, 0)
    return finder, states


def test_a_step_is_the_state_of_the_command_and_the_first_state_one_step_later():
    before, after = messages.push_state(1), messages.push_state(2)
    finder, states = steps_with(before)
    action = np.array((0.05, 0.0, 0.0))
    finder.command(action, SECOND, states)
    assert finder.state(SECOND + SECOND // 2, after) is None
    found = finder.state(SECOND + 800_000_000, after)
    assert found[0] is before and found[2] is after and found[1] is action
    assert finder.state(SECOND + 800_000_000, after) is None


def test_a_stopped_step_and_one_that_spans_a_reset_are_none():
    finder, states = steps_with(messages.push_state(1))
    finder.command(np.array((0.05, 0.0, 0.0)), SECOND, states)
    finder.command(np.zeros(3), SECOND, states)
    assert finder.state(SECOND + 800_000_000, messages.push_state(2)) is None
    finder.command(np.array((0.05, 0.0, 0.0)), SECOND, states)
    assert finder.state(12 * SECOND, messages.push_state(2)) is None

"""A recorded walk again: the same motion, also where messages were lost."""

import numpy as np
import pytest

from hyperdynamics_cli.demo.walk_replay import replay
from tests.cli.walks import START, recorded_walk


@pytest.mark.parametrize("task", ["cheetah-pier", "ant-slope"])
def test_the_same_torques_give_the_same_states(task):
    recording = recorded_walk(task, 40)
    heights = []
    track = replay(recording, lambda _, world: heights.append(world.data.qpos[-1]))
    assert track.corrected == 0 and len(track.times) == len(heights) == 41
    recorded = np.stack([recording.states[recording.stamp(step)] for step in range(41)])
    np.testing.assert_allclose(track.states, recorded, atol=1e-9)
    assert track.hidden.shape[0] == 41 and np.isfinite(track.speed).all()


@pytest.mark.parametrize("task", ["cheetah-slope", "ant-pier"])
def test_lost_torques_are_made_good_by_the_states(task):
    recording = recorded_walk(task, 40)
    for stamp in (START + 10 * recording.step_ns, START + 11 * recording.step_ns):
        del recording.actions[stamp]
    track = replay(recording)
    assert track.corrected > 0
    recorded = np.stack([recording.states[recording.stamp(step)] for step in range(41)])
    np.testing.assert_allclose(track.states, recorded, atol=1e-3)


def test_a_walk_ends_where_the_result_says():
    recording = recorded_walk("cheetah-motor", 20)
    recording.result.steps = 15
    assert recording.steps == 15 and len(replay(recording).times) == 16


def test_lost_states_leave_the_simulators():
    recording = recorded_walk("ant-motor", 20)
    whole = replay(recording).states
    for step in (5, 6, 7):
        del recording.states[recording.stamp(step)]
    np.testing.assert_allclose(replay(recording).states, whole, atol=1e-6)

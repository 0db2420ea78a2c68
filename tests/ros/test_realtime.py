"""The arm under a running clock, without ROS: real world, no waiting."""

from __future__ import annotations

import numpy as np
import pytest

from hyperdynamics_ros.checks import MessageRefused
from sim_bridges.bridge_realtime import RealtimeArm
from sim_bridges.pushing.physics import GANTRY
from sim_bridges.pushing.scene import sample_scene
from sim_bridges.pushing.world import PushWorld

UP, SIDE, STOP = np.array((0.0, 0.0, 0.1)), np.array((0.0, 0.05, 0.0)), np.zeros(3)


@pytest.fixture
def world():
    made = PushWorld(GANTRY)
    made.reset(sample_scene(np.random.default_rng(0), ["mit/rect1"], physics=GANTRY))
    yield made
    made.close()


def run(arm, seconds, tick=0.04):
    return [arm.advance(tick) for _ in range(round(seconds / tick))]


def test_a_command_takes_its_time_and_the_arm_is_then_held(world):
    arm = RealtimeArm(world, hold_after=0.2)
    arm.command(UP)
    run(arm, 0.4)
    assert world.busy
    run(arm, 0.44)
    assert not world.busy
    run(arm, 0.4)
    height = world.state()[15]
    assert not any(run(arm, 1.0)) and world.state()[15] == pytest.approx(height, abs=2e-3)


def test_a_command_during_another_is_refused_unless_that_is_about_to_end(world):
    arm = RealtimeArm(world, 0.2)
    arm.command(UP)
    run(arm, 0.4)
    with pytest.raises(MessageRefused, match="stop the arm with a displacement of zero"):
        arm.check_time()
    run(arm, 0.24)
    arm.check_time()
    before = world.state()[14]
    arm.command(SIDE)
    run(arm, 0.2)
    assert world.busy
    run(arm, 0.8)
    assert world.state()[14] - before > 0.03


def test_zero_stops_at_once_and_forgets_what_was_queued(world):
    arm = RealtimeArm(world, 0.2)
    arm.command(UP)
    run(arm, 0.64)
    arm.command(SIDE)
    arm.command(STOP)
    assert not world.busy
    run(arm, 0.2)
    place = world.state()[13:16]
    run(arm, 1.0)
    np.testing.assert_allclose(world.state()[13:16], place, atol=3e-3)

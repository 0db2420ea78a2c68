"""The MuJoCo bridge while time runs by itself; in a file of its own, so that it is the only bridge."""

from __future__ import annotations

import time

from hyperdynamics_ros.checks import stamp_ns
from tests.ros.legged_robot import Robot
from tests.ros.processes import running


def test_realtime_holds_a_command_for_a_while_and_then_lets_go(listener):
    began = time.monotonic()
    with running("mujoco_bridge", mode="realtime", terrain="motor", hold_after=0.5, seed=3):
        robot = Robot(listener)
        start = robot.stamp
        listener.until(lambda: robot.stamp > start + 500_000_000, "half a second of simulated time")
        # A busy machine may lose time, never gain it; the process cannot be older than this test.
        assert robot.stamp - start < 1e9 * (time.monotonic() - began)
        assert not any(any(joints.effort) for joints in robot.joints), "nobody commands: the torques are zero"
        robot.joints.clear()
        robot.send([20.0] * 6)
        listener.until(lambda: any(any(joints.effort) for joints in robot.joints), "the command at work")
        listener.until(lambda: not any(robot.joints[-1].effort), "its end")
        acting = [stamp_ns(joints.header.stamp) for joints in robot.joints if any(joints.effort)]
        assert 0.4e9 < acting[-1] - acting[0] < 0.6e9
        robot.send([20.0] * 6, robot.stamp - 1_000_000_000)
        listener.until(lambda: any("age of the command" in refusal.data for refusal in robot.refusals), "a refusal")

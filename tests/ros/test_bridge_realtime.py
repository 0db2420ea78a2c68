"""The PyBullet bridge while time runs by itself; in a file of its own, so that it is the only bridge."""

from __future__ import annotations

import time

from tests.ros import messages
from tests.ros.arm import Arm
from tests.ros.processes import running


def test_realtime_runs_with_the_wall_clock_and_zero_stops_the_arm(listener):
    began = time.monotonic()
    with running("pybullet_bridge", mode="realtime", physics="gantry", seed=3):
        arm = Arm(listener)
        start = arm.stamp
        listener.until(lambda: arm.stamp > start + 500_000_000, "half a second of simulated time")
        # A busy machine may lose time, never gain it; the process cannot be older than this test.
        assert arm.stamp - start < 1e9 * (time.monotonic() - began)
        height = arm.state[15]
        arm.commands.publish(messages.displacement((0.0, 0.0, 0.2), 0))
        listener.until(lambda: arm.state[15] > height + 0.02, "the arm on its way")
        arm.commands.publish(messages.displacement((0.0, 0.0, 0.0), 0))
        listener.until(lambda: stands_still(arm, listener), "the arm at rest")
        assert arm.state[15] < height + 0.19, "it was stopped on its way, not at its end"


def stands_still(arm, listener):
    """Whether the rod's height stays for half a second of simulated time."""
    stamp, height = arm.stamp, arm.state[15]
    listener.until(lambda: arm.stamp > stamp + 500_000_000, "half a second of simulated time")
    return abs(arm.state[15] - height) < 0.005

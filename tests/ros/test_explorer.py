"""The explorer as a process of its own, with the bridge in real time and with a driver; in lockstep it is recorded
in tests/recording/test_push_graph.py."""

from __future__ import annotations

import signal

import numpy as np
import pytest
from geometry_msgs.msg import Vector3Stamped
from std_msgs.msg import String

from hyperdynamics_ros.checks import stamp_ns
from hyperdynamics_ros.conversions.arrays import from_xyz
from hyperdynamics_ros.node import LATCHED
from hyperdynamics_ros.scene_words import scene_words
from tests.ros.driver import Driver
from tests.ros.processes import running


def ended(listener, process):
    listener.until(lambda: process.code is not None, "the explorer's end")
    assert process.code == 0, process.output
    return process.output


def test_it_pushes_with_the_bridge_in_real_time_and_ends(listener):
    commands = listener.collect(Vector3Stamped, "end_effector/displacement", 50)
    scenes = listener.collect(String, "scene", LATCHED)
    with running("pybullet_bridge", mode="realtime", physics="gantry", seed=3, repeat=2, region=0.1):
        listener.until(lambda: scenes, "the bridge")
        with running(
            "push_explorer", pushes=6, steps=2, seed=1, settle=4.0, use_sim_time=True, reach_min=0.0, reach_max=2.0
        ) as process:
            words = ended(listener, process)
    assert "6 pushes in 3 trajectories" in words
    stamps = [stamp_ns(each.header.stamp) for each in commands]
    lengths = [float(np.linalg.norm(from_xyz(each.vector))) for each in commands]
    assert len(set(stamps)) >= 6 and min(np.diff(sorted(set(stamps)))) >= 0.75e9
    assert min(lengths) >= 0.03 and max(lengths) <= 0.06
    systems = [scene_words(each).system for each in scenes[:3]]
    assert systems[0] == systems[1] != systems[2], "two episodes a system"
    assert scenes[0].data != scenes[1].data, "each from another start"


def test_it_pushes_with_a_driver_that_refuses_once(listener):
    driver = Driver(listener, refuse=2)
    with running("push_explorer", pushes=4, steps=2, settle=0.0) as process:
        words = ended(listener, process)
    assert "4 pushes in 2 trajectories; given up: 1 refused by the arm" in words
    assert "the arm refused the command: not now" in words
    assert driver.episode == 3 and len(driver.commands) == 5
    assert max(early for _, _, early in driver.commands) < 0.06, "each waits for the end of the one before"


def test_a_scene_that_tells_no_box_leaves_the_aim_to_perception(listener):
    driver = Driver(listener, tells=True)
    with running("push_explorer", pushes=4, steps=2, settle=0.0) as process:
        words = ended(listener, process)
    assert "4 pushes in 2 trajectories; given up: none" in words
    assert len(driver.commands) == 4


@pytest.mark.parametrize(("what", "reason"), [("falls", "fell"), ("hidden", "not seen")])
def test_an_object_that_nobody_sees_any_more_is_set_up_anew(listener, what, reason):
    driver = Driver(listener, **{what: 3})
    with running("push_explorer", pushes=4, steps=2, settle=0.0, objects_timeout=2.0) as process:
        words = ended(listener, process)
    assert f"4 pushes in 2 trajectories; given up: 1 {reason}" in words
    assert driver.episode == 3 and len(driver.commands) == 5


def test_without_a_reset_it_ends_with_the_reason(listener):
    Driver(listener, resets=False)
    with running("push_explorer", pushes=2, steps=1, settle=0.0, reset_timeout=1.0) as process:
        listener.until(lambda: process.code is not None, "the explorer's end")
        assert process.code == 1 and "reset did not set the scene up anew within 1 s" in process.output
        assert "Traceback" not in process.output


def test_a_signal_stops_the_arm_and_ends_it_cleanly(listener):
    driver = Driver(listener)
    with running("push_explorer", pushes=100, settle=0.0) as process:
        listener.until(lambda: len(driver.commands) == 1, "a push")
        process.signal(signal.SIGINT)
        listener.until(lambda: process.code is not None, "the explorer's end")
        assert process.code == 0 and "Traceback" not in process.output
    listener.until(lambda: not driver.commands[-1][1].any(), "the stop")

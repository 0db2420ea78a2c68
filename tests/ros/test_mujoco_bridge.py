"""The MuJoCo bridge as a process of its own, over DDS."""

from __future__ import annotations

import json
import math
import signal

import numpy as np
import pytest
from rcl_interfaces.srv import SetParameters
from rclpy.parameter import Parameter
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Image
from std_msgs.msg import Float64MultiArray, UInt32
from std_srvs.srv import Trigger

from hyperdynamics_core.systems.legged import CHEETAH
from hyperdynamics_ros.checks import check_base_odometry, check_color_image, check_legged_joints, stamp_ns
from hyperdynamics_ros.conversions.commands import numbers, stamp_of_numbers
from hyperdynamics_ros.node import IMAGES, LATCHED
from sim_bridges.locomotion.tasks import draw_episode, task_named
from sim_bridges.locomotion.world import LeggedWorld
from tests.ros.legged_robot import Robot
from tests.ros.processes import running

STEP = 10_000_000
SEED = 3


@pytest.fixture(scope="module")
def bridge():
    with running("mujoco_bridge", seed=SEED, terrain="pier", republish_period=0.2) as process:
        yield process


def reset(listener):
    response = listener.call(Trigger, "reset", Trigger.Request())
    assert response.success, response.message
    listener.spin(0.3)
    return json.loads(response.message)


def test_lockstep_waits_and_says_what_the_world_says(bridge, listener):
    robot = Robot(listener)
    clocks = listener.collect(Clock, "/clock")
    before = robot.stamp
    told = len(robot.joints)
    listener.until(lambda: len(robot.joints) > told + 1, "the state sent again", 10.0)
    assert robot.stamp == before, "time must stand still"
    check_legged_joints(robot.joints[-1], CHEETAH)
    check_base_odometry(robot.odometry[-1])
    torques = np.array((60.0, -45.0, 30.0, 12.0, -6.0, 3.0))
    assert robot.step(torques, before) == STEP
    assert list(robot.joints[-1].effort) == torques.tolist()
    listener.until(lambda: clocks and stamp_ns(clocks[-1].clock) == robot.stamp, "the clock of the new state")


def test_the_episodes_are_those_of_the_seed_and_the_steps_those_of_the_world(bridge, listener):
    robot = Robot(listener)
    set_parameters(listener, seed=11)
    words = reset(listener)
    task = task_named("cheetah-pier")
    spec = draw_episode(task, "novel", np.random.default_rng([11, 0]))
    assert words["values"] == [list(row) for row in spec.values] and words["start_x"] == spec.start_x
    world = LeggedWorld(task)
    np.testing.assert_allclose(robot.state, world.reset(spec), atol=1e-9)
    actions = np.random.default_rng(0).uniform(-1, 1, (20, 6))
    for action in actions:
        robot.step(action * CHEETAH.max_torques, robot.stamp)
        expected = world.step(action).state
        expected[2] = math.remainder(expected[2], math.tau)
        np.testing.assert_allclose(robot.state, expected, atol=1e-6)


def test_a_command_sent_twice_makes_one_step(bridge, listener):
    robot = Robot(listener)
    start = robot.stamp
    for _ in range(5):
        robot.send(np.ones(6), start)
        listener.spin(0.1)
    assert robot.stamp == start + STEP and not robot.refusals
    robot.send(np.ones(6), start - 5 * STEP)
    listener.until(lambda: any("newest state" in refusal.data for refusal in robot.refusals), "a refusal")
    assert robot.stamp == start + STEP


def test_a_command_without_a_stamp_makes_a_step_each(bridge, listener):
    robot = Robot(listener)
    start = robot.stamp
    for _ in range(3):
        robot.step(np.zeros(6))
    assert robot.stamp == start + 3 * STEP


def test_pictures_come_while_somebody_looks(bridge, listener):
    robot = Robot(listener)
    pictures = listener.collect(Image, "spectator/image_raw", IMAGES)
    listener.until(lambda: listener.node.count_publishers("spectator/image_raw"), "the publisher")
    for _ in range(20):
        robot.step(np.zeros(6), robot.stamp)
        if pictures:
            break
        listener.spin(0.1)
    check_color_image(pictures[-1])
    assert (pictures[-1].width, pictures[-1].height) == (640, 360)
    assert np.frombuffer(pictures[-1].data, np.uint8).std() > 10.0


@pytest.mark.parametrize(
    ("torques", "words"),
    [([0.0] * 8, "size of data"), ([math.nan] + [0.0] * 5, "data[0] is nan"), ([500.0] + [0.0] * 5, "bthigh")],
)
def test_bad_torques_are_refused_with_a_reason_and_nothing_moves(bridge, listener, torques, words):
    robot = Robot(listener)
    before = robot.stamp
    robot.send(torques, before)
    listener.until(lambda: any(words in refusal.data for refusal in robot.refusals), words)
    listener.spin(0.2)
    assert robot.stamp == before


def set_parameters(listener, **values):
    request = SetParameters.Request(
        parameters=[Parameter(name, value=value).to_parameter_msg() for name, value in values.items()]
    )
    return listener.call(SetParameters, "mujoco_bridge/set_parameters", request).results


def test_reset_takes_the_value_and_the_terrain_and_raises_the_episode(bridge, listener):
    robot = Robot(listener)
    episodes = listener.collect(UInt32, "episode", LATCHED)
    listener.until(lambda: episodes, "the episode")
    number, stamp = episodes[-1].data, robot.stamp
    truths = listener.collect(Float64MultiArray, "terrain/truth")
    set_parameters(listener, terrain="motor", value="0.7")
    words = reset(listener)
    assert words["task"] == "cheetah-motor" and words["values"] == [[0.7]]
    listener.until(lambda: episodes[-1].data == number + 1, "the next episode")
    assert robot.stamp - stamp > 5_000_000_000
    robot.step(np.zeros(6), robot.stamp)
    listener.until(lambda: truths and stamp_of_numbers(truths[-1]) == robot.stamp, "the truth of the newest state")
    assert numbers(truths[-1]).tolist() == [0.7]
    for wrong in ("50", "much"):
        set_parameters(listener, value=wrong)
        response = listener.call(Trigger, "reset", Trigger.Request())
        assert not response.success and "stays as it was" in response.message and wrong in response.message
    set_parameters(listener, terrain="pier", value="")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"robot": "horse"}, "robot is 'horse': must be one of cheetah, ant"),
        ({"terrain": "stairs"}, "slope, pier"),
        ({"value": "much"}, "value is 'much'"),
    ],
)
def test_wrong_parameters_end_it_with_the_reason(given, words):
    with running("mujoco_bridge", **given) as process:
        assert process.wait() == 1
        assert words in process.output and "Traceback" not in process.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(listener, number):
    with running("mujoco_bridge", terrain="motor") as process:
        listener.until(lambda: "ready" in process.output, "the bridge")
        process.signal(number)
        assert process.wait() == 0
        assert "Traceback" not in process.output

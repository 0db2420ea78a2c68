"""The cell as a process: what it says, what it refuses, and what a person does to it."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest
from nav_msgs.msg import Odometry
from sensor_msgs.msg import CameraInfo, Image, JointState
from std_msgs.msg import String, UInt32
from std_srvs.srv import Trigger
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from hyperdynamics_ros.checks import (
    check_camera_info,
    check_color_image,
    check_depth_image,
    check_joint_states,
    check_odometry,
)
from hyperdynamics_ros.node import LATCHED
from tests.ros.processes import PATIENCE, running


@pytest.fixture(scope="module")
def process():
    with running("mujoco_cell", object="mit/hex", repeat=2, seed=3) as made:
        yield made


def trajectory(names, positions, seconds=1.0):
    message = JointTrajectory(joint_names=names)
    point = JointTrajectoryPoint(positions=positions)
    point.time_from_start.sec, point.time_from_start.nanosec = int(seconds), int(1e9 * (seconds % 1))
    message.points = [point]
    return message


def test_every_topic_keeps_the_rules_of_a_driver(listener, process):
    kinds = {
        "joint_states": (JointState, check_joint_states), "object/odom": (Odometry, check_odometry),
        "camera/color/image_raw": (Image, check_color_image), "camera/depth/image_raw": (Image, check_depth_image),
        "camera/color/camera_info": (CameraInfo, check_camera_info),
    }  # fmt: skip
    heard = {topic: listener.collect(kind, topic) for topic, (kind, _) in kinds.items()}
    for topic, (_, check) in kinds.items():
        listener.until(lambda topic=topic: len(heard[topic]) > 2, topic)
        check(heard[topic][-1])
    assert heard["camera/depth/image_raw"][-1].encoding == "16UC1"
    assert (heard["camera/color/image_raw"][-1].width, heard["camera/color/image_raw"][-1].height) == (640, 480)


def send_until(listener, commands, message, done, what):
    """Send a trajectory again every other second until done() is true: one side may have found the other before it is
    found itself, and the log names a topic's refusals once a second."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        commands.publish(message)
        again = time.monotonic() + 1.5
        while time.monotonic() < again:
            if done():
                return
            listener.spin(0.05)
    raise AssertionError(f"{what}: not within {PATIENCE} s")


def test_the_arm_follows_holds_and_refuses(listener, process):
    joints = listener.collect(JointState, "joint_states")
    commands = listener.publisher(JointTrajectory, "arm_controller/joint_trajectory")
    listener.until(lambda: joints and commands.get_subscription_count(), "the cell")
    names, start = list(joints[-1].name), np.array(joints[-1].position)
    target, far = start.copy(), start.copy()
    target[1] -= 0.1
    far[0] -= 0.5 * np.sign(start[0])  # within its limits wherever the arm begins

    def here(place):
        return np.abs(np.array(joints[-1].position) - place).max() < 5e-3

    whole = trajectory(names[::-1], target[::-1].tolist())
    send_until(listener, commands, whole, lambda: here(target), "the target")
    listener.spin(1.0)
    assert here(target), "silence: it stays"
    for wrong, words in (
        (trajectory(["a"], [0.0]), "joint_names is"),
        (trajectory(names, [float("nan")] * 7), "must be finite"),
        (trajectory(names, [9.0] * 7), "position of joint 'iiwa_joint_1'"),
        (trajectory(names, start.tolist(), 0.0), "time_from_start"),
        (trajectory(names, far.tolist(), 0.01), "mean speed between points of joint 'iiwa_joint_1'"),
    ):
        send_until(listener, commands, wrong, lambda words=words: words in process.output, words)
    listener.spin(0.5)
    assert here(target), "what is refused moves nothing"
    back = trajectory(names, start.tolist())
    send_until(listener, commands, back, lambda: here(start), "the start, after refusals")


def test_a_person_puts_the_same_object_elsewhere_and_then_another_way(listener, process):
    episodes = listener.collect(UInt32, "episode", LATCHED)
    scenes = listener.collect(String, "scene", LATCHED)
    listener.until(lambda: episodes and scenes, "the first episode")
    words = [json.loads(scenes[-1].data)]
    for _ in range(2):
        answer = listener.call(Trigger, "reset", Trigger.Request())
        assert answer.success
        words.append(json.loads(answer.message))
    listener.until(lambda: episodes[-1].data >= words[-1]["episode"], "the episode's number")
    systems = [each["system"]["mass"] for each in words]
    assert systems[0] == systems[1] != systems[2] and words[0]["x"] != words[1]["x"]
    assert 0.3 <= systems[0] <= 1.0 and 0.24 <= words[0]["system"]["friction"] <= 0.36

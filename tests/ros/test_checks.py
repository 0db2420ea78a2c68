"""Every rule of every check: good messages pass, each broken field is named with its value and a remedy."""

from __future__ import annotations

import array
import math
import struct

import numpy as np
import pytest
from hyperdynamics.action import PushTo
from hyperdynamics.srv import GenerateExpert
from sensor_msgs.msg import JointState

from hyperdynamics_ros import checks
from hyperdynamics_ros.checks import MessageRefused
from hyperdynamics_ros.conversions import images
from tests.ros import messages

NAN = float("nan")


def color():
    return images.color_message(np.zeros((12, 16, 3), np.uint8), messages.STAMP)


def depth(encoding="32FC1"):
    return images.depth_message(np.full((12, 16), 0.9, np.float32), messages.STAMP, encoding)


def info():
    return images.camera_info_message(messages.camera(), messages.STAMP)


def joints():
    message = JointState(name=["a", "b"], position=[0.0, 1.0], velocity=[0.0, 0.0])
    message.header.stamp.sec = 1
    return message


def goal():
    message = PushTo.Goal(tolerance=0.04)
    message.goal = messages.pose()
    message.goal.pose.position.x = message.goal.pose.position.y = 0.1
    return message


def request():
    message = GenerateExpert.Request(system="push", code_size=2)
    message.latent_code, message.yaws = [0.0, 0.0], [0.0, math.pi]
    message.shape_codes = [0.0] * 4
    return message


GOOD = {
    "color": (color, checks.check_color_image),
    "depth": (depth, checks.check_depth_image),
    "depth_mm": (lambda: depth("16UC1"), checks.check_depth_image),
    "info": (info, checks.check_camera_info),
    "joints": (joints, checks.check_joint_states),
    "pose": (messages.pose, checks.check_pose),
    "odometry": (messages.odometry, checks.check_odometry),
    "displacement": (messages.displacement, lambda message: checks.check_displacement(message, 0.06)),
    "objects": (messages.objects, checks.check_detected_objects),
    "history": (messages.history, checks.check_interaction_history),
    "code": (messages.latent_code, checks.check_latent_code),
    "experts": (messages.experts, checks.check_expert_weights),
    "request": (request, checks.check_generate_request),
    "goal": (goal, lambda message: checks.check_push_goal(message, 0.27)),
}


def put(path, value):
    """A function that sets a nested field of a message; a number in the path is an index."""

    def change(message):
        *parents, last = path.split(".")
        target = message
        for name in parents:
            target = target[int(name)] if name.isdigit() else getattr(target, name)
        if last.isdigit():
            target[int(last)] = value
        else:
            setattr(target, last, value)

    return change


def set_depth(value):
    def change(message):
        message.data[:4] = array.array("B", struct.pack("<f", value))

    return change


def all_zero(message):
    message.data = array.array("B", bytes(len(message.data)))


BROKEN = [
    ("color", put("encoding", "mono8"), "encoding"),
    ("color", put("height", 13), "data"),
    ("color", put("step", 47), "step"),
    ("color", put("width", 0), "width"),
    ("color", put("header.stamp.nanosec", 2_000_000_000), "stamp"),
    ("depth", put("encoding", "mono8"), "encoding"),
    ("depth", set_depth(NAN), "not finite in 1"),
    ("depth", set_depth(-1.0), "negative"),
    ("depth", all_zero, "0 everywhere"),
    ("depth_mm", all_zero, "0 everywhere"),
    ("info", put("k.0", 0.0), "focal"),
    ("info", put("k.2", NAN), "k\\[2\\]"),
    ("info", put("d", [0.1, 0, 0, 0, 0]), "rectif"),
    ("info", put("width", 0), "width"),
    ("joints", put("position", [0.0]), "position"),
    ("joints", put("name", ["a", "a"]), "distinct"),
    ("joints", put("velocity", [0.0, NAN]), "velocity\\[1\\]"),
    ("pose", put("header.frame_id", "map"), "frame_id"),
    ("pose", put("pose.position.y", NAN), "pose.position\\[1\\]"),
    ("pose", put("pose.orientation.x", 0.0), "norm"),
    ("odometry", put("child_frame_id", ""), "child_frame_id"),
    ("odometry", put("twist.twist.angular.z", math.inf), "angular\\[2\\]"),
    ("odometry", put("pose.pose.orientation.w", 3.0), "norm"),
    ("displacement", put("vector.x", NAN), "vector\\[0\\]"),
    ("displacement", put("vector.x", 0.07), "at most 0.06"),
    ("displacement", put("header.frame_id", ""), "frame_id"),
    ("objects", put("objects.0.score", 1.5), "score"),
    ("objects", put("objects.1.size.z", 0.0), "positive"),
    ("objects", put("objects.0.position.x", NAN), "objects\\[0\\].position"),
    ("objects", put("objects.0.shape_codes", [0.0]), "shape_codes"),
    ("objects", put("objects.0.shape_codes.5", NAN), "shape_codes\\[5\\]"),
    ("objects", put("yaws.1", 1.0), "evenly"),
    ("history", put("system", "boat"), "boat"),
    ("history", put("dt", 0.1), "dt"),
    ("history", put("state_size", 12), "state"),
    ("history", put("states", [0.0] * 16), "states"),
    ("history", put("next_states.3", NAN), "next_states\\[3\\]"),
    ("code", put("code.1", NAN), "code\\[1\\]"),
    ("code", put("reference_yaw", NAN), "reference_yaw"),
    ("code", put("system", ""), "system"),
    ("code", put("trace", [1.0]), "even and at most 16"),
    ("code", put("trace", [1.0, NAN]), "trace\\[1\\]"),
    ("experts", put("trace", [0.0] * 18), "even and at most 16"),
    ("experts", put("layer_sizes", [12, 8, 14]), "layer_sizes"),
    ("experts", put("activation", "tanh"), "activation"),
    ("experts", put("input_clamp", -1.0), "input_clamp"),
    ("experts", put("weights", [0.0]), "weights"),
    ("experts", put("weights.7", NAN), "weights\\[7\\]"),
    ("experts", put("weights.7", 1.25), "checksum"),
    ("experts", put("checksum", 1), "checksum"),
    ("experts", put("yaws", []), "yaws"),
    ("request", put("code_size", 0), "code_size"),
    ("request", put("shape_codes", [0.0]), "shape_codes"),
    ("request", put("latent_code.0", NAN), "latent_code"),
    ("goal", put("goal.pose.position.x", 0.28), "too near the table's edge"),
    ("goal", put("goal.pose.position.y", NAN), "finite"),
    ("goal", put("goal.header.frame_id", "base"), "frame_id"),
    ("goal", put("tolerance", -0.1), "tolerance"),
]


@pytest.mark.parametrize("name", GOOD)
def test_good_messages_pass(name):
    make, check = GOOD[name]
    check(make())


@pytest.mark.parametrize(("name", "change", "words"), BROKEN)
def test_broken_messages_are_refused(name, change, words):
    make, check = GOOD[name]
    message = make()
    change(message)
    with pytest.raises(MessageRefused, match=words) as refusal:
        check(message)
    assert refusal.value.remedy and refusal.value.rule in str(refusal.value)


def test_unmeasured_depth_may_be_nan_where_the_driver_says_so():
    message = depth()
    set_depth(NAN)(message)
    checks.check_depth_image(message, allow_not_finite=True)
    assert images.depth_from(message)[0, 0] == 0.0

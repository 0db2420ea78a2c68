"""The PyBullet bridge as a process of its own, over DDS."""

from __future__ import annotations

import json
import signal

import numpy as np
import pytest
import trimesh
from diagnostic_msgs.msg import DiagnosticArray
from geometry_msgs.msg import PoseStamped
from rcl_interfaces.srv import SetParameters
from rclpy.parameter import Parameter
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CameraInfo, Image, JointState
from std_msgs.msg import UInt32
from std_srvs.srv import Trigger

from hyperdynamics_ros import checks
from hyperdynamics_ros.checks import stamp_ns
from hyperdynamics_ros.node import IMAGES, LATCHED
from tests.ros import messages
from tests.ros.arm import STEP, Arm
from tests.ros.processes import running


@pytest.fixture(scope="module")
def bridge():
    with running("pybullet_bridge", seed=3, physics="gantry", republish_period=0.2) as process:
        yield process


def test_lockstep_waits_for_the_command_and_then_makes_one_step(bridge, listener):
    arm = Arm(listener)
    clocks = listener.collect(Clock, "/clock")
    before, heard = arm.stamp, len(arm.odometry)
    listener.until(lambda: len(arm.odometry) > heard + 1, "the state, again and again")
    assert arm.stamp == before, "time must stand still"
    tip = arm.state[13:16]
    assert arm.push((0.0, 0.0, 0.05)) == STEP
    assert arm.state[15] - tip[2] > 0.03
    listener.until(lambda: stamp_ns(clocks[-1].clock) == arm.stamp, "the clock of the new state")


def test_images_carry_the_stamp_of_the_state_and_pass_the_checks(bridge, listener):
    arm = Arm(listener)
    topics = {
        "camera/color/image_raw": (Image, checks.check_color_image),
        "camera/depth/image_raw": (Image, checks.check_depth_image),
        "camera/color/camera_info": (CameraInfo, checks.check_camera_info),
        "camera/pose": (PoseStamped, checks.check_pose),
    }
    got = {topic: listener.collect(kind, topic, IMAGES) for topic, (kind, _) in topics.items()}
    joints = listener.collect(JointState, "joint_states")
    listener.until(lambda: all(got.values()) and joints, "images and joints")
    checks.check_joint_states(joints[-1])
    for topic, (_, check) in topics.items():
        check(got[topic][-1])
        assert stamp_ns(got[topic][-1].header.stamp) == arm.stamp


def test_the_spectator_paints_while_somebody_looks(bridge, listener):
    pictures = listener.collect(Image, "spectator/image_raw", IMAGES)
    listener.until(lambda: pictures, "a picture")
    checks.check_color_image(pictures[-1])


@pytest.mark.parametrize(
    ("xyz", "words"),
    [
        ((float("nan"), 0.0, 0.0), "vector[0] is nan"),
        ((0.5, 0.0, 0.0), "must be at most 0.35"),
        ((0.0, 0.0, 0.345), "height"),
    ],
)
def test_bad_commands_are_refused_with_a_reason_and_the_arm_stays(bridge, listener, xyz, words):
    arm = Arm(listener)
    before, tip = arm.stamp, arm.state[13:16]
    arm.commands.publish(messages.displacement(xyz, before))
    listener.until(lambda: any(words in refusal.data for refusal in arm.refusals), words)
    listener.spin(0.3)
    assert arm.stamp == before
    np.testing.assert_array_equal(arm.state[13:16], tip)


def test_a_command_that_is_sent_again_counts_once(bridge, listener):
    arm = Arm(listener)
    answered = arm.stamp
    assert arm.push((0.0, 0.0, 0.04)) == STEP
    tip = arm.state[13:16]
    arm.commands.publish(messages.displacement((0.0, 0.0, 0.04), answered))
    listener.spin(0.5)
    assert arm.stamp == answered + STEP and not arm.refusals
    np.testing.assert_array_equal(arm.state[13:16], tip)


def test_a_command_for_an_older_state_is_refused_and_counted(bridge, listener):
    arm = Arm(listener)
    statuses = listener.collect(DiagnosticArray, "/diagnostics")
    arm.commands.publish(messages.displacement((0.01, 0.0, 0.0), arm.stamp - STEP // 2))
    listener.until(lambda: any("newest state" in refusal.data for refusal in arm.refusals), "a refusal")

    def refused():
        lines = [line for message in statuses for line in message.status if line.name.endswith("displacement")]
        values = {value.key: value.value for value in lines[-1].values} if lines else {}
        return int(values.get("refused", 0)) >= 1 and values["last_refusal"]

    assert "newest state" in listener.until(refused, "the refusal on /diagnostics")


def set_parameters(listener, **values):
    request = SetParameters.Request(
        parameters=[Parameter(name, value=value).to_parameter_msg() for name, value in values.items()]
    )
    return listener.call(SetParameters, "pybullet_bridge/set_parameters", request).results


def test_reset_draws_the_scenes_of_a_seed_and_raises_the_episode(bridge, listener):
    arm = Arm(listener)
    episodes = listener.collect(UInt32, "episode", LATCHED)
    listener.until(lambda: episodes, "the episode")
    first_number = episodes[-1].data
    assert all(result.successful for result in set_parameters(listener, seed=11, obstacles=True, split="novel"))
    scenes = []
    for _ in range(2):
        response = listener.call(Trigger, "reset", Trigger.Request())
        assert response.success
        scenes.append(json.loads(response.message))
    set_parameters(listener, seed=12)
    set_parameters(listener, seed=11)
    listener.call(Trigger, "reset", Trigger.Request())
    assert len(scenes[0]["obstacles"]) == 2 and scenes[0]["x"] != scenes[1]["x"]
    listener.until(lambda: episodes[-1].data == first_number + 3, "three more episodes")
    set_parameters(listener, seed=0)
    listener.call(Trigger, "reset", Trigger.Request())
    set_parameters(listener, seed=11)
    again = json.loads(listener.call(Trigger, "reset", Trigger.Request()).message)
    assert {key: again[key] for key in ("system", "x", "y", "yaw", "goal")} == {
        key: scenes[0][key] for key in ("system", "x", "y", "yaw", "goal")
    }
    assert arm.state is not None


def test_an_unknown_object_is_refused_and_the_scene_stays(bridge, listener):
    arm = Arm(listener)
    set_parameters(listener, object="teapot")
    before = arm.stamp
    response = listener.call(Trigger, "reset", Trigger.Request())
    assert not response.success and "teapot" in response.message and "mit/rect1" in response.message
    set_parameters(listener, object="")
    listener.spin(0.3)
    assert arm.stamp == before


def test_a_flat_mesh_is_refused_and_the_scene_goes_on(bridge, listener, tmp_path):
    sheet = trimesh.creation.box((1.0, 1.0, 1.0))
    sheet.vertices[:, 2] = 0.0
    sheet.export(tmp_path / "sheet.stl")
    arm = Arm(listener)
    set_parameters(listener, object=f"folder:{tmp_path}/sheet.stl")
    response = listener.call(Trigger, "reset", Trigger.Request())
    set_parameters(listener, object="")
    assert not response.success and "sheet.stl cannot be pushed" in response.message
    assert "the scene stays as it was" in response.message
    assert arm.push((0.0, 0.0, 0.01)) == STEP


def test_wrong_parameters_end_it_with_the_reason():
    with running("pybullet_bridge", split="unseen") as process:
        assert process.wait() == 1
        assert "split is 'unseen': must be one of seen, novel, all" in process.output
        assert "Traceback" not in process.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(listener, number):
    with running("pybullet_bridge", physics="gantry") as process:
        listener.until(lambda: "ready" in process.output, "the bridge")
        process.signal(number)
        assert process.wait() == 0
        assert "Traceback" not in process.output

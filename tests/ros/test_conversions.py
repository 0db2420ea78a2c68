"""Conversions there and back lose nothing."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
import torch

from hyperdynamics_ros.checks import MessageRefused
from hyperdynamics_ros.conversions import experts, images, states
from hyperdynamics_ros.conversions.arrays import float_field, time_message
from tests.ros import messages


def test_push_state_there_and_back_with_the_twist_in_the_objects_frame():
    state = messages.push_state(3)
    odometry = states.odometry_message(state, messages.STAMP)
    assert odometry.child_frame_id == "object"
    assert not np.allclose([odometry.twist.twist.linear.x], state[7])
    np.testing.assert_allclose(
        states.push_state(odometry, states.end_effector_message(state, messages.STAMP)), state, atol=1e-12
    )


def test_a_twist_given_in_the_world_frame_is_taken_as_it_is():
    odometry = messages.odometry()
    odometry.child_frame_id = "world"
    twist = odometry.twist.twist.linear
    assert states.push_state(odometry, messages.pose())[7] == twist.x


@pytest.mark.parametrize(("encoding", "tolerance"), [("32FC1", 0.0), ("16UC1", 5.01e-4)])
def test_rgbd_frame_there_and_back(encoding, tolerance):
    rng = np.random.default_rng(0)
    rgb = rng.integers(0, 255, (12, 16, 3), dtype=np.uint8)
    depth = rng.uniform(0.3, 2.0, (12, 16)).astype(np.float32)
    camera = messages.camera()
    frame = images.frame_from(
        images.color_message(rgb, messages.STAMP),
        images.depth_message(depth, messages.STAMP, encoding),
        images.camera_info_message(camera, messages.STAMP),
        images.camera_pose_message(camera, messages.STAMP),
    )
    np.testing.assert_array_equal(frame.rgb, rgb)
    np.testing.assert_allclose(frame.depth, depth, atol=tolerance)
    np.testing.assert_allclose(frame.camera.world_from_camera, camera.world_from_camera, atol=1e-12)
    assert (frame.camera.fx, frame.camera.cy) == (camera.fx, camera.cy)


def test_images_of_different_sizes_are_refused():
    camera = messages.camera()
    color = images.color_message(np.zeros((24, 32, 3), np.uint8), 0)
    depth = images.depth_message(np.ones((12, 16), np.float32), 0)
    with pytest.raises(MessageRefused, match="register depth"):
        images.frame_from(color, depth, images.camera_info_message(camera, 0), images.camera_pose_message(camera, 0))


@pytest.mark.parametrize("axis", range(4))
def test_quaternions_of_matrices_at_half_turns_and_everywhere(axis):
    xyzw = np.eye(4)[axis] if axis < 3 else messages.push_state(1)[3:7]
    again = states.rotation_matrix(images.quaternion_from_matrix(states.rotation_matrix(xyzw)))
    np.testing.assert_allclose(again, states.rotation_matrix(xyzw), atol=1e-12)


def test_banks_there_and_back_bit_by_bit():
    bank = messages.bank()
    message = messages.experts()
    again = experts.bank_from(message)
    torch.testing.assert_close(again.weights, bank.weights, rtol=0, atol=0)
    assert again.architecture == bank.architecture and again.reference_yaw == bank.reference_yaw
    assert message.checksum == zlib.crc32(bank.weights.numpy().tobytes())
    states_in, actions = torch.randn(5, 16), torch.randn(5, 3)
    torch.testing.assert_close(again.predict(states_in, actions), bank.predict(states_in, actions))


def test_interactions_there_and_back():
    message = messages.history(3)
    again = experts.interactions_from(message)
    assert again.states.shape == (3, 16) and again.actions.shape == (3, 3)
    assert experts.interactions_from(messages.history(1)).states.shape == (1, 16)
    empty = experts.history_message(messages.PUSH, None, 0)
    assert experts.interactions_from(empty) is None


def test_time_and_floats():
    stamp = time_message(3_000_000_007)
    assert (stamp.sec, stamp.nanosec) == (3, 7)
    assert float_field(torch.tensor([[1.0, 2.0], [3.0, 4.0]])).tolist() == [1.0, 2.0, 3.0, 4.0]

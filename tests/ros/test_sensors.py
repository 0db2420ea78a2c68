"""Layouts of images and joint lists that drivers get wrong."""

from __future__ import annotations

import numpy as np
import pytest
from sensor_msgs.msg import CameraInfo, Image, JointState

from hyperdynamics_ros.checks import MessageRefused, sensors
from hyperdynamics_ros.conversions.images import color_from


def depth_message(values, encoding, big=False):
    values = np.asarray(values).astype(np.dtype(sensors.DEPTH_TYPES[encoding]).newbyteorder(">" if big else "<"))
    message = Image(height=values.shape[0], width=values.shape[1], encoding=encoding, is_bigendian=int(big))
    message.step, message.data = values.strides[0], values.tobytes()
    return message


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize(("encoding", "scale"), [("32FC1", 0.25), ("16UC1", 250)])
def test_depth_is_read_in_either_byte_order(encoding, scale, big):
    values = np.arange(12).reshape(3, 4) * scale
    message = depth_message(values, encoding, big)
    sensors.check_depth_image(message)
    np.testing.assert_array_equal(sensors.depth_array(message), values)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"width": 0}, "width is 0"),
        ({"height": sensors.MAX_SIDE + 1}, "height is 4097"),
        ({"step": 20}, "size of step is 20: must be 16"),
        ({"data": b"12"}, "size of data is 2: must be 48"),
        ({"encoding": "64FC1"}, "'64FC1'"),
        ({"encoding": "16UC1"}, "size of step is 16: must be 8"),
    ],
)
def test_layouts_that_do_not_fit(change, words):
    message = depth_message(np.ones((3, 4)), "32FC1")
    for name, value in change.items():
        setattr(message, name, value)
    with pytest.raises(MessageRefused, match=words):
        sensors.check_depth_image(message)


def test_what_was_not_measured():
    nothing = np.zeros((3, 4))
    holes = np.where(np.eye(3, 4) > 0, np.nan, 0.5)
    sensors.check_depth_image(depth_message(holes, "32FC1"), allow_not_finite=True)
    for values, allowed, words in (
        (holes, False, "not finite in 3 pixels"),
        (nothing, False, "0 everywhere"),
        (nothing * np.nan, True, "0 everywhere"),
        (nothing - 1.0, False, "0 everywhere"),
        (np.eye(3, 4) * 2 - 1, False, "depth is -1.0: must not be negative"),
    ):
        with pytest.raises(MessageRefused, match=words):
            sensors.check_depth_image(depth_message(values, "32FC1"), allowed)


def camera_info(width=640, height=480, fx=600.0, cx=320.0, fy=600.0, cy=240.0):
    return CameraInfo(width=width, height=height, k=[fx, 0.0, cx, 0.0, fy, cy, 0.0, 0.0, 1.0])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"fx": 1e-30}, r"focal length k\[0\] is 1e-30 pixels: must be 64 to 64000 for images with a width of 640"),
        ({"fy": 1e12}, r"focal length k\[4\] is 1e\+12"),
        ({"cx": 1e12}, r"image centre k\[2\] is 1e\+12 pixels: must be -640 to 1280"),
        ({"cy": -481.0}, r"image centre k\[5\] is -481"),
        ({"fx": 0.0}, "must be positive"),
        ({"fx": 0.9, "fy": 1.2, "cx": 0.5, "cy": 0.5}, r"k\[0\] is 0.9 pixels"),
    ],
)
def test_cameras_that_cannot_be(change, words):
    with pytest.raises(MessageRefused, match=words):
        sensors.check_camera_info(camera_info(**change))


@pytest.mark.parametrize("change", [{}, {"fx": 70.0}, {"fy": 40_000.0}, {"cx": -100.0, "cy": 700.0}])
def test_wide_long_and_cropped_cameras_pass(change):
    sensors.check_camera_info(camera_info(**change))


@pytest.mark.parametrize(
    ("joints", "words"),
    [
        (JointState(), "must be distinct names"),
        (JointState(name=["a", "a"], position=[0.0, 0.0]), "must be distinct names"),
        (JointState(name=["a"], position=[0.0, 1.0]), "size of position is 2"),
        (JointState(name=["a"], position=[0.0], effort=[1.0, 2.0]), "size of effort is 2"),
        (JointState(name=["a"], position=[0.0], velocity=[float("inf")]), "velocity is inf"),
    ],
)
def test_joint_lists_that_do_not_fit(joints, words):
    with pytest.raises(MessageRefused, match=words):
        sensors.check_joint_states(joints)
    sensors.check_joint_states(JointState(name=["a"], position=[0.0]))


@pytest.mark.parametrize("encoding", sensors.COLOR_ORDERS)
def test_colours_come_in_any_order(encoding):
    red_green_blue = np.arange(36, dtype=np.uint8).reshape(3, 4, 3)
    pixels = np.full((3, 4, sensors.color_bytes(encoding)), 7, np.uint8)
    for channel, place in enumerate("rgb"):
        pixels[..., encoding.index(place)] = red_green_blue[..., channel]
    message = Image(height=3, width=4, encoding=encoding, step=4 * pixels.shape[2], data=pixels.tobytes())
    sensors.check_color_image(message)
    np.testing.assert_array_equal(color_from(message), red_green_blue)
    message.step += 1
    with pytest.raises(MessageRefused, match="size of step"):
        sensors.check_color_image(message)

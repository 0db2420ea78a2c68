"""Colour and depth images, camera info and camera pose."""

from __future__ import annotations

from typing import Any

import numpy as np
from geometry_msgs.msg import PoseStamped
from numpy.typing import NDArray
from sensor_msgs.msg import CameraInfo, Image

from hyperdynamics_core.vision.camera import Camera, RgbdFrame
from hyperdynamics_ros.checks.rules import MessageRefused
from hyperdynamics_ros.checks.sensors import COLOR_ORDERS, color_bytes, depth_array
from hyperdynamics_ros.conversions.arrays import bytes_field, from_xyz, time_message
from hyperdynamics_ros.conversions.states import from_quaternion, pose_message, rotation_matrix

OPTICAL_FRAME = "camera_optical"
"""Frame of the images: z forward, x right, y down."""
MILLIMETRES = 1000.0


def _image(values: NDArray[Any], encoding: str, stamp_ns: int, frame: str) -> Image:
    height, width = values.shape[:2]
    message = Image(height=height, width=width, encoding=encoding, step=values.nbytes // height)
    message.header.stamp, message.header.frame_id = time_message(stamp_ns), frame
    message.data = bytes_field(values)
    return message


def color_message(rgb: NDArray[np.uint8], stamp_ns: int, frame: str = OPTICAL_FRAME) -> Image:
    """[H, W, 3] as an rgb8 image."""
    return _image(rgb, "rgb8", stamp_ns, frame)


def depth_message(depth: NDArray[np.float32], stamp_ns: int, encoding: str = "32FC1") -> Image:
    """[H, W] metres, 0 where not measured, as 32FC1 (metres) or 16UC1 (millimetres)."""
    if encoding == "16UC1":
        return _image(np.round(depth * MILLIMETRES).astype("<u2"), encoding, stamp_ns, OPTICAL_FRAME)
    return _image(depth.astype("<f4"), "32FC1", stamp_ns, OPTICAL_FRAME)


def color_from(message: Any) -> NDArray[np.uint8]:
    """[H, W, 3] red, green, blue of a checked colour image; of rgb8 without a copy."""
    pixels = np.frombuffer(message.data, np.uint8)
    pixels = pixels.reshape(message.height, message.width, color_bytes(message.encoding))
    if message.encoding == "rgb8":
        return pixels
    return np.ascontiguousarray(pixels[..., COLOR_ORDERS[message.encoding]])


def depth_from(message: Any) -> NDArray[np.float32]:
    """[H, W] metres of a checked depth image; 0 where not measured or not finite."""
    depth = depth_array(message)
    if message.encoding == "16UC1":
        return (depth / np.float32(MILLIMETRES)).astype(np.float32)
    return np.where(np.isfinite(depth), depth, 0.0).astype(np.float32)


def camera_info_message(camera: Camera, stamp_ns: int) -> CameraInfo:
    """Intrinsics of a pinhole camera without distortion."""
    message = CameraInfo(height=camera.height, width=camera.width, distortion_model="plumb_bob", d=[0.0] * 5)
    message.header.stamp, message.header.frame_id = time_message(stamp_ns), OPTICAL_FRAME
    message.k = [camera.fx, 0.0, camera.cx, 0.0, camera.fy, camera.cy, 0.0, 0.0, 1.0]
    message.r = np.eye(3).ravel().tolist()
    message.p = [camera.fx, 0.0, camera.cx, 0.0, 0.0, camera.fy, camera.cy, 0.0, 0.0, 0.0, 1.0, 0.0]
    return message


def quaternion_from_matrix(rotation: NDArray[np.float64]) -> NDArray[np.float64]:
    """[4] xyzw, w >= 0, of a rotation matrix [3, 3]: the eigenvector of the greatest eigenvalue, stable everywhere."""
    (a, b, c), (d, e, f), (g, h, i) = rotation
    symmetric = np.array(
        (
            (a - e - i, b + d, c + g, h - f),
            (b + d, e - a - i, f + h, c - g),
            (c + g, f + h, i - a - e, d - b),
            (h - f, c - g, d - b, a + e + i),
        )
    )
    xyzw: NDArray[np.float64] = np.linalg.eigh(symmetric)[1][:, -1]
    return -xyzw if xyzw[3] < 0 else xyzw


def camera_pose_message(camera: Camera, stamp_ns: int) -> PoseStamped:
    """Pose of the camera's optical frame in the world."""
    pose = camera.world_from_camera
    return pose_message(pose[:3, 3], quaternion_from_matrix(pose[:3, :3]), stamp_ns)


def camera_from(info: Any, pose: Any) -> Camera:
    """Camera of checked CameraInfo and PoseStamped."""
    world_from_camera = np.eye(4)
    world_from_camera[:3, :3] = rotation_matrix(from_quaternion(pose.pose.orientation))
    world_from_camera[:3, 3] = from_xyz(pose.pose.position)
    fx, fy, cx, cy = (float(info.k[index]) for index in (0, 4, 2, 5))
    return Camera(info.width, info.height, fx, fy, cx, cy, world_from_camera)


def frame_from(color: Any, depth: Any, info: Any, pose: Any) -> RgbdFrame:
    """One registered RGB-D frame of four checked messages.

    Raises:
        MessageRefused: the images and the camera's info are not of one size.
    """
    sizes = {(message.width, message.height) for message in (color, depth, info)}
    if len(sizes) != 1:
        raise MessageRefused(
            "sizes (width, height) of colour, depth and camera_info",
            sorted(sizes),
            "must be the same",
            "register depth to colour and publish that camera's info",
        )
    return RgbdFrame(color_from(color), depth_from(depth), camera_from(info, pose))

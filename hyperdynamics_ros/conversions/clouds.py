"""Coloured points of an RGB-D frame as sensor_msgs/PointCloud2."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import PointCloud2, PointField
from std_msgs.msg import Header

from hyperdynamics_core.planning.geometry import Box
from hyperdynamics_core.vision.camera import RgbdFrame
from hyperdynamics_ros.checks.rules import WORLD_FRAME
from hyperdynamics_ros.conversions.arrays import bytes_field, time_message

try:
    from sensor_msgs_py import point_cloud2
except ImportError:  # not among the wheels of ROS 2
    point_cloud2 = None

FARTHEST = 100.0
"""Points farther from the camera are left out, m."""
NAMES = ("x", "y", "z", "rgb")
POINT = np.dtype([(name, "<f4") for name in NAMES])
FIELDS = [PointField(name=name, offset=4 * i, datatype=PointField.FLOAT32, count=1) for i, name in enumerate(NAMES)]


def points_in(frame: RgbdFrame, box: Box, margin: float) -> NDArray[np.void]:
    """Measured points [n] of dtype ``POINT`` inside a box enlarged by margin (m), world frame.

    The first call imports Open3D (about a second), so that a graph at which nobody looks does without it.
    """
    from open3d.geometry import AxisAlignedBoundingBox

    half = 0.5 * np.array(box.size) + margin
    cloud = _scene_cloud(frame).crop(AxisAlignedBoundingBox(box.centre - half, box.centre + half))
    points = np.zeros(len(cloud.points), POINT)
    for axis, name in enumerate("xyz"):
        points[name] = np.asarray(cloud.points)[:, axis]
    points["rgb"] = packed_colours(np.round(255.0 * np.asarray(cloud.colors)).astype(np.uint8))
    return points


def _scene_cloud(frame: RgbdFrame) -> Any:
    """All measured points of a frame as Open3D's PointCloud, world frame."""
    from open3d.camera import PinholeCameraIntrinsic
    from open3d.geometry import Image, PointCloud, RGBDImage

    camera = frame.camera
    images = (Image(np.ascontiguousarray(frame.rgb)), Image(np.ascontiguousarray(frame.depth)))
    colours = RGBDImage.create_from_color_and_depth(
        *images, depth_scale=1.0, depth_trunc=FARTHEST, convert_rgb_to_intensity=False
    )
    pinhole = PinholeCameraIntrinsic(camera.width, camera.height, camera.fx, camera.fy, camera.cx, camera.cy)
    return PointCloud.create_from_rgbd_image(colours, pinhole, np.linalg.inv(camera.world_from_camera))


def packed_colours(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """[n] from colours [n, 3]: the bits 0x00RRGGBB of a float, as RViz and PCL read them."""
    wide = rgb.astype(np.uint32)
    packed = (wide[:, 0] << 16) | (wide[:, 1] << 8) | wide[:, 2]
    return packed.astype(np.uint32).view(np.float32)


def cloud_message(points: NDArray[np.void], stamp_ns: int, use_library: bool = True) -> PointCloud2:
    """Points [n] of dtype ``POINT``; by sensor_msgs_py where it is installed, else the same bytes."""
    header = Header(stamp=time_message(stamp_ns), frame_id=WORLD_FRAME)
    if point_cloud2 is not None and use_library:
        return point_cloud2.create_cloud(header, FIELDS, points)
    size = POINT.itemsize
    return PointCloud2(
        header=header, height=1, width=len(points), fields=FIELDS, is_bigendian=False, is_dense=False,
        point_step=size, row_step=size * len(points), data=bytes_field(points),
    )  # fmt: skip

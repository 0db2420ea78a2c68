"""Coloured points of an RGB-D frame as sensor_msgs/PointCloud2."""

from __future__ import annotations

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

NAMES = ("x", "y", "z", "rgb")
POINT = np.dtype([(name, "<f4") for name in NAMES])
FIELDS = [PointField(name=name, offset=4 * i, datatype=PointField.FLOAT32, count=1) for i, name in enumerate(NAMES)]


def points_in(frame: RgbdFrame, box: Box, margin: float) -> NDArray[np.void]:
    """Measured points [n] of dtype ``POINT`` inside a box enlarged by margin (m), world frame."""
    camera = frame.camera
    v, u = np.nonzero(frame.depth)
    z = frame.depth[v, u].astype(np.float64)
    local = np.stack(((u - camera.cx) / camera.fx * z, (v - camera.cy) / camera.fy * z, z), axis=1)
    world = local @ camera.world_from_camera[:3, :3].T + camera.world_from_camera[:3, 3]
    inside = (np.abs(world - np.array(box.centre)) <= 0.5 * np.array(box.size) + margin).all(axis=1)
    points = np.zeros(int(inside.sum()), POINT)
    for axis, name in enumerate("xyz"):
        points[name] = world[inside, axis]
    points["rgb"] = packed_colours(frame.rgb[v[inside], u[inside]])
    return points


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

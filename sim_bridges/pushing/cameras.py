"""The nine cameras of the paper (appendix B): any single one of them must do.

They stand on a half circle around the robot's front, from its left side (azimuth +90 degrees, view 0) over straight
ahead (view 4) to its right side (view 8), 60 degrees above the horizon and 1 m from the point 0.1 m above the table's
centre, at which all of them look. The paper does not give the field of view. 52 degrees is the smallest whole number
at which the 0.6 m table, and everything up to 12 cm above it, is in view of all nine.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.vision.camera import Camera

N_VIEWS = 9
IMAGE_SIZE = 128
ELEVATION = math.radians(60.0)
DISTANCE = 1.0
"""From the camera to the point it looks at, m."""
LOOK_AT = np.array([0.0, 0.0, 0.1])
"""World frame, m."""
FIELD_OF_VIEW = math.radians(52.0)
"""Horizontal and vertical, rad."""


def look_at(
    position: NDArray[np.float64], target: NDArray[np.float64], width: int, height: int, vertical_fov: float
) -> Camera:
    """Camera at `position` [3] that looks at `target` [3] (world, m) with its image upright; square pixels.

    Pixel (u, v) is centred on whole numbers, as in ROS: the principal point is ((width - 1) / 2, (height - 1) / 2).

    Raises:
        ValueError: the camera looks straight up or down, where upright has no meaning.
    """
    forward = target - position
    right = np.cross(forward, [0.0, 0.0, 1.0])
    if np.linalg.norm(right) < 1e-9 * np.linalg.norm(forward):
        raise ValueError(f"a camera at {position} cannot look straight along the vertical at {target}; move it aside")
    forward = forward / np.linalg.norm(forward)
    right = right / np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, 0], pose[:3, 1], pose[:3, 2], pose[:3, 3] = right, np.cross(forward, right), forward, position
    focal = 0.5 * height / math.tan(0.5 * vertical_fov)
    return Camera(width, height, focal, focal, (width - 1) / 2, (height - 1) / 2, pose)


def paper_camera(view: int, size: int = IMAGE_SIZE) -> Camera:
    """One of the paper's nine cameras.

    Args:
        view: 0 (robot's left) to 8 (robot's right).
        size: width and height of the image in pixels.

    Raises:
        ValueError: no such view.
    """
    if not 0 <= view < N_VIEWS:
        raise ValueError(f"no camera {view}; views run from 0 (robot's left) to {N_VIEWS - 1} (robot's right)")
    azimuth = math.radians(90.0 - 180.0 * view / (N_VIEWS - 1))
    horizontal = math.cos(ELEVATION)
    direction = np.array([horizontal * math.cos(azimuth), horizontal * math.sin(azimuth), math.sin(ELEVATION)])
    return look_at(LOOK_AT + DISTANCE * direction, LOOK_AT, size, size, FIELD_OF_VIEW)


def paper_cameras(size: int = IMAGE_SIZE) -> tuple[Camera, ...]:
    """All nine, left to right."""
    return tuple(paper_camera(view, size) for view in range(N_VIEWS))

"""Lifts one RGB-D frame into a voxel grid (section 3.1): what the view says about each point of space.

Each voxel's centre is projected into the image and compared with the depth measured there, so that voxels finer than
pixels leave no holes. Signed distance d = measured minus the voxel's own depth gives two channels in [0, 1]:

    surface = 1 - |d| / band     on what was seen, falling off over `band` on both sides
    free    = d / band           in front of it: seen through; 0 behind it: unknown

and, where asked for, red, green and blue of the pixel, weighted by `surface`. Voxels out of view, or where nothing
was measured, are 0 in all channels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.vision.camera import Camera, RgbdFrame
from hyperdynamics_core.vision.grids import Grid

GEOMETRY_CHANNELS = 2
COLOUR_CHANNELS = 3
EDGE = 0.025
"""Neighbouring pixels whose depths differ by more belong to different surfaces and are not blended, m."""
Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Projection:
    """Where the voxels of a grid fall in an image."""

    u: Array
    """[N] column of each voxel's centre, pixels."""
    v: Array
    """[N] row."""
    depth: Array
    """[N] z-depth, m."""
    nearest: NDArray[np.int64]
    """[N] flat index of the nearest pixel; H * W where out of view."""


def unproject(frame: RgbdFrame, projection: Projection, band: float, colour: bool, blend: bool) -> Array:
    """What `frame` says about each voxel.

    Args:
        frame: a checked frame (`check_frame`).
        projection: of the grid into the frame's camera (`project`).
        band: distance over which surface and free change, m.
        colour: whether red, green and blue follow surface and free.
        blend: interpolate depth between pixels of one surface, for voxels finer than pixels.

    Returns:
        [2 or 5, N] in [0, 1].
    """
    measured = _blended_depth(frame.depth, projection) if blend else _nearest_depth(frame.depth, projection)
    distance = (measured - projection.depth) * np.float32(1.0 / band)
    known = measured > 0
    channels = np.empty((GEOMETRY_CHANNELS + COLOUR_CHANNELS * colour, len(distance)), np.float32)
    np.maximum(1.0 - np.abs(distance), 0.0, out=channels[0])
    np.clip(distance, 0.0, 1.0, out=channels[1])
    channels[:GEOMETRY_CHANNELS] *= known
    if colour:
        _paint(channels, frame, projection)
    return channels


def project(camera: Camera, grid: Grid) -> Projection:
    """Project every voxel's centre.

    A regular grid under a rigid motion is a sum of one term an axis, which is several times faster than transforming
    its points.
    """
    turn, position = camera.world_from_camera[:3, :3], camera.world_from_camera[:3, 3]
    x, y, z = (axis - start for axis, start in zip(grid.axes(), position, strict=True))
    right, down, depth = (
        (z[:, None, None] * turn[2, i] + y[None, :, None] * turn[1, i] + x * turn[0, i]).astype(np.float32).ravel()
        for i in range(3)
    )
    scale = 1.0 / np.maximum(depth, np.float32(1e-6))
    u = right * scale * np.float32(camera.fx) + np.float32(camera.cx)
    v = down * scale * np.float32(camera.fy) + np.float32(camera.cy)
    column, row = np.rint(u), np.rint(v)
    inside = (column >= 0) & (column < camera.width) & (row >= 0) & (row < camera.height) & (depth > 0)
    nearest = np.where(inside, row * camera.width + column, camera.width * camera.height).astype(np.int64)
    return Projection(u, v, depth, nearest)


def _nearest_depth(depth: Array, projection: Projection) -> Array:
    return np.append(depth.ravel(), np.float32(0.0))[projection.nearest]


def _blended_depth(depth: Array, projection: Projection) -> Array:
    """Bilinear where the four pixels around belong to one surface, else the nearest pixel's."""
    height, width = depth.shape
    measured = _nearest_depth(depth, projection)
    smooth = np.flatnonzero(_one_surface(depth)[np.minimum(projection.nearest, height * width - 1)])
    smooth = smooth[projection.nearest[smooth] < height * width]
    u, v = projection.u[smooth], projection.v[smooth]
    column, row = np.floor(u), np.floor(v)
    right, down = u - column, v - row
    corner = (row * width + column).astype(np.int64)
    flat = depth.ravel()
    upper = flat[corner] * (1 - right) + flat[corner + 1] * right
    lower = flat[corner + width] * (1 - right) + flat[corner + width + 1] * right
    measured[smooth] = upper * (1 - down) + lower * down
    return measured


def _one_surface(depth: Array) -> NDArray[np.bool_]:
    """[H * W] whether a pixel and its eight neighbours belong to one surface; never at the border."""
    rows = np.stack((depth[:-2], depth[1:-1], depth[2:]))
    high, low = rows.max(axis=0), rows.min(axis=0)
    high = np.maximum(np.maximum(high[:, :-2], high[:, 1:-1]), high[:, 2:])
    low = np.minimum(np.minimum(low[:, :-2], low[:, 1:-1]), low[:, 2:])
    whole = np.zeros(depth.shape, dtype=np.bool_)
    whole[1:-1, 1:-1] = (low > 0) & (high - low < 2 * EDGE)
    return whole.ravel()


def _paint(channels: Array, frame: RgbdFrame, projection: Projection) -> None:
    seen = np.flatnonzero(channels[0])
    colours = frame.rgb.reshape(-1, 3)[projection.nearest[seen]]
    channels[GEOMETRY_CHANNELS:] = 0.0
    channels[GEOMETRY_CHANNELS:, seen] = (colours * (channels[0, seen] * np.float32(1.0 / 255.0))[:, None]).T

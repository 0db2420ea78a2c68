"""The two feature maps of section 3.1: the scene M for the detector, the object-centred crop M_obj for the shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from hyperdynamics_core.vision.camera import Camera, RgbdFrame
from hyperdynamics_core.vision.grids import CROP_GRID, SCENE_GRID, Grid
from hyperdynamics_core.vision.unprojection import COLOUR_CHANNELS, GEOMETRY_CHANNELS, Projection, project, unproject

CROP_FORMS = ("fine", "coarse")
SCENE_CHANNELS = GEOMETRY_CHANNELS + COLOUR_CHANNELS
SUPERSAMPLING = 2
"""The scene is unprojected with voxels of half the size and averaged: 2 cm are wider than two pixels."""
REMEMBERED_CAMERAS = 16
Array = NDArray[np.float32]


@dataclass(frozen=True)
class MapConfig:
    """How a frame becomes feature maps."""

    scene_band: float = 0.015
    """Distance over which surface and free change in the scene grid, m."""
    crop_band: float = 0.01
    """The same in the object crop, m."""
    crop_form: str = "fine"
    """fine: unprojected straight from the frame, 5 mm voxels. coarse: crop(M) as in the paper, M's 2 cm voxels
    interpolated onto the same grid."""
    crop_colour: bool = False
    """Whether the crop carries red, green and blue; shape is in the geometry, and dynamics have no colour."""

    def __post_init__(self) -> None:
        if self.crop_form not in CROP_FORMS:
            raise ValueError(f"crop_form must be one of {CROP_FORMS}, got {self.crop_form!r}")
        if self.scene_band <= 0 or self.crop_band <= 0:
            raise ValueError(f"bands must be positive, got scene {self.scene_band} and crop {self.crop_band} m")

    @property
    def crop_channels(self) -> int:
        """C of the crop."""
        return SCENE_CHANNELS if self.crop_colour else GEOMETRY_CHANNELS


def scene_map(frame: RgbdFrame, config: MapConfig) -> Array:
    """M: surface, free, red, green, blue over the table, [5, 8, 32, 32], from a checked frame."""
    fine = unproject(frame, _scene_projection(frame.camera), config.scene_band, colour=True, blend=False)
    nz, ny, nx = (n * SUPERSAMPLING for n in SCENE_GRID.shape)
    grid = torch.from_numpy(fine).reshape(1, SCENE_CHANNELS, nz, ny, nx)
    pooled = functional.avg_pool3d(grid, SUPERSAMPLING)
    return np.asarray(pooled[0].numpy())


@dataclass
class _Projections:
    """The last cameras' projections of the scene grid, which does not move."""

    known: dict[tuple[object, ...], Projection]

    def of(self, camera: Camera) -> Projection:
        pose = camera.world_from_camera.tobytes()
        key = (camera.width, camera.height, camera.fx, camera.fy, camera.cx, camera.cy, pose)
        if key not in self.known:
            if len(self.known) >= REMEMBERED_CAMERAS:
                self.known.pop(next(iter(self.known)))
            self.known[key] = project(camera, SCENE_GRID.finer(SUPERSAMPLING))
        return self.known[key]


_scene_projection = _Projections({}).of


def crop_map(frame: RgbdFrame, position: Sequence[float] | NDArray[np.float64], config: MapConfig) -> Array:
    """M_obj: [C, 16, 32, 32] around `position` (x, y in the world, m), standing on the table, from a checked frame.

    Raises:
        ValueError: the position is not finite.
    """
    x, y = float(position[0]), float(position[1])
    if not np.isfinite((x, y)).all():
        raise ValueError(f"cannot crop around ({x}, {y}): a position must be finite; detect the object first")
    grid = CROP_GRID.moved(x, y)
    if config.crop_form == "fine":
        values = unproject(frame, project(frame.camera, grid), config.crop_band, config.crop_colour, blend=True)
        return values.reshape(-1, *grid.shape)
    return resample(scene_map(frame, config)[: config.crop_channels], SCENE_GRID, grid)


def resample(features: Array, source: Grid, target: Grid) -> Array:
    """Trilinear interpolation of a map [C, Z, Y, X] on `source` at the voxels of `target`; 0 beyond the source."""
    scaled = [
        2.0 * (axis - start) / (n * source.voxel) - 1.0
        for axis, start, n in zip(target.axes(), source.origin, source.shape[::-1], strict=True)
    ]
    z, y, x = np.meshgrid(scaled[2], scaled[1], scaled[0], indexing="ij")
    points = torch.from_numpy(np.stack((x, y, z), axis=-1).astype(np.float32))
    sampled = functional.grid_sample(torch.from_numpy(features)[None], points[None], align_corners=False)
    return np.asarray(sampled[0].numpy())

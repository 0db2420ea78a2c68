"""Voxel grids in the world frame: the scene grid over the table and the fine crop around one object.

Arrays on a grid are [Z, Y, X], x fastest. A voxel's value stands for its centre: voxel (k, j, i) of a grid with origin
(x0, y0, z0) lies at (x0 + (i + 0.5) * voxel, y0 + (j + 0.5) * voxel, z0 + (k + 0.5) * voxel).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Grid:
    """A box of cubic voxels, axes along the world's."""

    shape: tuple[int, int, int]
    """Voxels along z, y, x."""
    voxel: float
    """Edge of a voxel, m."""
    origin: tuple[float, float, float]
    """Corner with the smallest coordinates (x, y, z), m."""

    def axes(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Coordinates of voxel centres along x [X], y [Y] and z [Z], world, m."""
        nz, ny, nx = self.shape
        x, y, z = (
            start + (np.arange(n, dtype=np.float64) + 0.5) * self.voxel
            for start, n in zip(self.origin, (nx, ny, nz), strict=True)
        )
        return x, y, z

    def finer(self, factor: int) -> Grid:
        """The same box with voxels `factor` times smaller."""
        nz, ny, nx = self.shape
        return Grid((nz * factor, ny * factor, nx * factor), self.voxel / factor, self.origin)

    def moved(self, x: float, y: float) -> Grid:
        """The grid shifted by (x, y), m."""
        return Grid(self.shape, self.voxel, (self.origin[0] + x, self.origin[1] + y, self.origin[2]))


SCENE_GRID = Grid((8, 32, 32), 0.02, (-0.32, -0.32, 0.0))
"""M of section 3.1: 64 x 64 x 16 cm over the table."""
CROP_GRID = Grid((16, 32, 32), 0.005, (-0.08, -0.08, 0.0))
"""M_obj: 16 x 16 x 8 cm around an object at (0, 0), standing on the table."""

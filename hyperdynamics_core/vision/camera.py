"""A pinhole camera: intrinsics, pose, and the frame it delivers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Camera:
    """Pinhole camera without distortion, in the optical convention (z forward, x right, y down)."""

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float
    world_from_camera: NDArray[np.float64]
    """[4, 4] pose of the optical frame in the world frame."""


@dataclass(frozen=True)
class RgbdFrame:
    """One registered colour and depth image."""

    rgb: NDArray[np.uint8]
    """[H, W, 3]."""
    depth: NDArray[np.float32]
    """[H, W] z-depth in metres; 0 where nothing was measured."""
    camera: Camera

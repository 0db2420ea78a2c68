"""Pools of rendered scenes with the truth about every object: what L_det trains on (section 3.1)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.data.array_folder import read_array_folder
from hyperdynamics_core.vision.camera import Camera, RgbdFrame

KIND = "scenes"
ARRAYS = ("rgb", "depth", "views", "counts", "boxes", "positions", "pixels", "rods")
"""Of a pool's folder."""
DEPTH_UNIT = 1e-4
"""Metres that one step of the stored depth stands for."""
MAX_OBJECTS = 3


def encode_depth(depth: NDArray[np.float32]) -> NDArray[np.uint16]:
    """Depth in tenths of a millimetre; 6.5 m and more become 0, not measured."""
    steps = np.rint(depth / DEPTH_UNIT)
    return np.where(steps < 65535, steps, 0).astype(np.uint16)


@dataclass(frozen=True, eq=False)
class ScenePool:
    """Frames and labels, memory-mapped."""

    rgb: NDArray[np.uint8]
    """[n, H, W, 3]."""
    depth: NDArray[np.uint16]
    """[n, H, W] in DEPTH_UNIT."""
    views: NDArray[np.uint8]
    """[n] index into `cameras`."""
    counts: NDArray[np.uint8]
    """[n] number of objects; the rows behind them are 0."""
    boxes: NDArray[np.float32]
    """[n, 3, 6] centre and size, world, m."""
    positions: NDArray[np.float32]
    """[n, 3, 3] volume centroids, world, m."""
    pixels: NDArray[np.uint16]
    """[n, 3] pixels in which the object is seen."""
    rods: NDArray[np.float32]
    """[n, 3] tip of the rod, m; NaN where it is not in view."""
    cameras: tuple[Camera, ...]
    """Of all views."""
    meta: dict[str, Any]
    """meta.json: seed, settings, fingerprint."""

    @classmethod
    def open(cls, folder: Path) -> ScenePool:
        """Raises DataFolderError if the folder is missing, unfinished, damaged, incomplete or of another kind."""
        meta, arrays = read_array_folder(folder, KIND, ARRAYS, ("cameras", "fingerprint"))
        cameras = tuple(camera_from_json(entry) for entry in meta["cameras"])
        return cls(cameras=cameras, meta=meta, **{name: arrays[name] for name in ARRAYS})

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def fingerprint(self) -> str:
        """Of the whole content."""
        return str(self.meta["fingerprint"])

    def frame(self, index: int) -> RgbdFrame:
        """One image."""
        depth = self.depth[index].astype(np.float32) * np.float32(DEPTH_UNIT)
        return RgbdFrame(np.array(self.rgb[index]), depth, self.cameras[int(self.views[index])])


def camera_to_json(camera: Camera) -> dict[str, Any]:
    """All numbers of a camera."""
    fields = {name: getattr(camera, name) for name in ("width", "height", "fx", "fy", "cx", "cy")}
    return {**fields, "world_from_camera": camera.world_from_camera.tolist()}


def camera_from_json(entry: dict[str, Any]) -> Camera:
    """Inverse of `camera_to_json`."""
    return Camera(**{**entry, "world_from_camera": np.array(entry["world_from_camera"])})

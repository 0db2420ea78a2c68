"""Pools of object-centred crops with the true top-down masks: what L_vp trains on (section 3.1)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hyperdynamics_core.data.array_folder import read_array_folder

KIND = "crops"
MASKS_KNOWN = "masks_known"
"""Entry of meta.json: false where the masks are not the true ones but zeros, as of recorded objects."""
ARRAYS = ("maps", "yaws", "masks", "offsets", "views")
"""Of a pool's folder."""


def encode_map(features: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Values in [0, 1] as bytes; the error is at most 1/510."""
    stored: NDArray[np.uint8] = np.rint(features * np.float32(255.0)).astype(np.uint8)
    return stored


def decode_map(stored: NDArray[np.uint8]) -> Tensor:
    """Inverse of `encode_map`: float32 of the same shape."""
    return torch.from_numpy(stored.astype(np.float32)).div_(255.0)


@dataclass(frozen=True, eq=False)
class CropPool:
    """Crops of many objects, several a object, memory-mapped."""

    maps: NDArray[np.uint8]
    """[n_objects, n_crops, C, 16, 32, 32], see `decode`."""
    yaws: NDArray[np.float32]
    """[n_objects, n_crops] of the object when it was seen, rad."""
    masks: NDArray[np.uint8]
    """[n_objects, n_crops, 32, 32] true top-down silhouette at that yaw, 255 = covered; rows along y, columns x."""
    offsets: NDArray[np.float32]
    """[n_objects, n_crops, 3] object's true position minus the crop's centre (x, y) and the table's height (z), m."""
    views: NDArray[np.uint8]
    """[n_objects, n_crops] index of the camera."""
    object_names: tuple[str, ...]
    """[n_objects]."""
    meta: dict[str, Any]
    """meta.json: seed, settings, fingerprint."""

    @classmethod
    def open(cls, folder: Path) -> CropPool:
        """Raises DataFolderError if the folder is missing, unfinished, damaged, incomplete or of another kind."""
        meta, arrays = read_array_folder(folder, KIND, ARRAYS, ("object_names", "fingerprint"))
        names = tuple(meta["object_names"])
        return cls(object_names=names, meta=meta, **{name: arrays[name] for name in ARRAYS})

    @property
    def fingerprint(self) -> str:
        """Of the whole content."""
        return str(self.meta["fingerprint"])

    def require_masks(self) -> None:
        """The pool holds true masks, which L_vp compares drawn views with.

        Raises:
            ValueError: they are not known.
        """
        if not self.meta.get(MASKS_KNOWN, True):
            shown = ", ".join(self.object_names[:3])
            raise ValueError(
                f"the crops of {shown}{', ...' if len(self.object_names) > 3 else ''} were recorded, their true masks "
                "are not known: L_vp cannot learn from them; set weights.view to 0, or give rendered crops"
            )

    def decode(self, objects: NDArray[np.int64], crops: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        """Maps [B, C, 16, 32, 32] and masks [B, 32, 32], float32 in [0, 1], of pairs of indices [B].

        Raises:
            ValueError: the true masks are not known.
        """
        self.require_masks()
        return decode_map(self.maps[objects, crops]), decode_map(self.masks[objects, crops])

    def of_object(self, name: str) -> int:
        """Index of an object.

        Raises:
            ValueError: the pool has no crops of it.
        """
        if name not in self.object_names:
            raise ValueError(f"no crops of {name!r} in this pool; it holds {', '.join(self.object_names[:40])}")
        return self.object_names.index(name)

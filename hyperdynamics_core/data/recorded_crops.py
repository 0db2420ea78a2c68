"""Crop pools of recorded objects: what a camera saw of them, without true masks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.data.array_folder import ArrayFolderWriter
from hyperdynamics_core.data.crops import KIND, MASKS_KNOWN
from hyperdynamics_core.vision.grids import CROP_GRID

CROPS_FOLDER = "crops"
"""Name of the pool's folder in that of the trajectories."""
UNKNOWN_VIEW = 255
"""Camera of a recorded crop: none of the simulator's nine."""


@dataclass(frozen=True, eq=False)
class RecordedCrop:
    """One object seen once."""

    crop: NDArray[np.uint8]
    """[C, 16, 32, 32], see ``crops.encode_map``."""
    yaw: float
    """Of the object when it was seen, rad."""
    offset: NDArray[np.float64]
    """[3] object's position as it was told minus the crop's centre (x, y) and the table's height (z), m."""


def write_recorded_crops(
    folder: Path, crops: Mapping[str, Sequence[RecordedCrop]], count: int, maps: Mapping[str, Any],
    about: Mapping[str, Any],
) -> str:  # fmt: skip
    """Write a pool, ``count`` crops an object: of one seen less often, its crops come again. Returns the fingerprint.

    Args:
        folder: to be made.
        crops: by the object's name, one or more each.
        count: of crops an object.
        maps: settings of the feature maps.
        about: further entries of meta.json.

    Raises:
        DataFolderError: the folder exists.
        ValueError: no object, or one without a crop.
    """
    if not crops or not all(crops.values()):
        raise ValueError("a pool takes one object or more, each seen once at least")
    channels, pairs = next(iter(crops.values()))[0].crop.shape[0], (len(crops), count)
    arrays = {
        "maps": ((*pairs, channels, *CROP_GRID.shape), "uint8"),
        "masks": ((*pairs, *CROP_GRID.shape[1:]), "uint8"),
        "yaws": (pairs, "float32"),
        "views": (pairs, "uint8"),
        "offsets": ((*pairs, 3), "float32"),
    }
    meta = {"kind": KIND, MASKS_KNOWN: False, "source": "bags", "maps": dict(maps), **about}
    writer = ArrayFolderWriter(folder, arrays, meta)
    writer.arrays["views"][:] = UNKNOWN_VIEW
    for row, seen in enumerate(crops.values()):
        for place in range(count):
            each = seen[place % len(seen)]
            writer.arrays["maps"][row, place] = each.crop
            writer.arrays["yaws"][row, place] = each.yaw
            writer.arrays["offsets"][row, place] = each.offset
    return writer.finish({"object_names": list(crops)})

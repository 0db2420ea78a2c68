"""One file of push trajectories: whole or absent, equal bytes for equal arrays.

A shard is an ordinary `.npz` without pickle whose ``meta`` entry is JSON. Axes: n trajectories, T steps.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.data.unreadable import UNREADABLE
from hyperdynamics_core.whole_files import whole_file

FORMAT = "hyperdynamics-push-trajectories"
FORMAT_VERSION = 1
STATE, ACTION = 16, 3
SHAPES: dict[str, tuple[int, ...]] = {
    "states": (STATE,),
    "actions": (ACTION,),
    "object_index": (),
    "system_index": (),
    "mass": (),
    "friction": (),
    "com_offset": (3,),
}
"""Trailing axes of each array of a shard, after [n, T + 1] (states), [n, T] (actions) and [n] (the others)."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Shard:
    """The arrays of some trajectories."""

    states: NDArray[np.float32]
    """[n, T + 1, 16] push states."""
    actions: NDArray[np.float32]
    """[n, T, 3] commanded displacements, m."""
    object_index: NDArray[np.int64]
    """[n] index into the object names."""
    system_index: NDArray[np.int64]
    """[n] trajectories of one number share object, mass, friction and centre of mass."""
    mass: NDArray[np.float32]
    """[n] kg."""
    friction: NDArray[np.float32]
    """[n] lateral friction of the object, PyBullet's units."""
    com_offset: NDArray[np.float32]
    """[n, 3] centre of mass from the volume centroid, object frame, m."""

    def __len__(self) -> int:
        return len(self.states)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All arrays by name."""
        return {name: getattr(self, name) for name in SHAPES}


def shard_path(folder: Path, index: int) -> Path:
    """File of shard `index`."""
    return folder / f"shard-{index:05d}.npz"


def write_shard(path: Path, shard: Shard, meta: Mapping[str, Any]) -> None:
    """Write one shard under a temporary name, read it back, then rename it: it is there whole or not at all.

    Raises:
        ValueError: arrays of the wrong shape or with numbers that are not finite.
    """
    check_shard(shard, str(path))
    header = {"format": FORMAT, "version": FORMAT_VERSION, **meta}
    with whole_file(path) as file:
        file.write(pack({**shard.arrays(), "meta": np.array(json.dumps(header, sort_keys=True))}))
        file.flush()
        read_shard(Path(file.name))


def pack(arrays: Mapping[str, NDArray[Any]], compress: bool = True) -> bytes:
    """A zip of .npy files without clock times, so that equal arrays are equal bytes."""
    packed, method = io.BytesIO(), zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            entry = io.BytesIO()
            np.lib.format.write_array(entry, np.array(array, order="C"), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", _EPOCH), entry.getvalue(), method)
    return packed.getvalue()


def read_shard(path: Path) -> tuple[Shard, dict[str, Any]]:
    """One shard and its meta.

    Raises:
        ValueError: the file is missing, cut short, damaged, or not a shard of ours.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except UNREADABLE as error:
        raise ValueError(
            f"{path} cannot be read ({error}): cut short or not a shard; delete it and collect again"
        ) from error
    meta = _meta_of(arrays.pop("meta", None), path)
    missing = [name for name in SHAPES if name not in arrays]
    if missing:
        raise ValueError(f"{path} lacks {', '.join(missing)}; delete it and collect again")
    shard = Shard(**{name: arrays[name] for name in SHAPES})
    check_shard(shard, str(path))
    return shard, meta


def _meta_of(stored: NDArray[Any] | None, path: Path) -> dict[str, Any]:
    try:
        meta = json.loads(str(stored)) if stored is not None else None
    except json.JSONDecodeError:
        meta = None
    if not isinstance(meta, dict) or meta.get("format") != FORMAT:
        raise ValueError(f"{path} is not a shard of push trajectories (no {FORMAT!r} in it); take it out of the folder")
    if meta.get("version") != FORMAT_VERSION:
        raise ValueError(f"{path} has format version {meta.get('version')}, this program reads {FORMAT_VERSION}")
    return meta


def check_shard(shard: Shard, where: str) -> None:
    """Check shapes, lengths and finite numbers.

    Raises:
        ValueError: naming the array, its shape and the rule.
    """
    count, steps = len(shard.states), shard.actions.shape[1] if shard.actions.ndim == 3 else 0
    for name, array in shard.arrays().items():
        time = {"states": (steps + 1,), "actions": (steps,)}.get(name, ())
        expected = (count, *time, *SHAPES[name])
        if array.shape != expected or steps < 1:
            raise ValueError(f"{where}: {name} has shape {array.shape}, expected {expected}")
        if not np.isfinite(array).all():
            raise ValueError(f"{where}: {name} holds numbers that are not finite; delete the file and collect again")

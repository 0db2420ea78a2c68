"""Push trajectories on disk: folders of shards that are whole or absent, and never of mixed physics.

A folder holds ``dataset.json`` and ``shard-00000.npz``, ``shard-00001.npz``, ... A shard is an ordinary `.npz` without
pickle whose ``meta`` entry is JSON. The same arrays always give the same bytes. Axes: n trajectories, T steps.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

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


@dataclass(frozen=True)
class TrajectorySet:
    """Every trajectory of one or more folders of the same physics."""

    data: Shard
    """The arrays."""
    object_names: tuple[str, ...]
    """What ``data.object_index`` counts."""
    physics: Mapping[str, Any]
    """The frozen physics settings."""
    physics_fingerprint: str
    """Fingerprint of those settings: equal, or not to be mixed."""
    fingerprint: str
    """Fingerprint of the whole collection: settings, seed, objects, variation."""
    meta: Mapping[str, Any]
    """The content of ``dataset.json``; of several folders, ``{"datasets": [...]}``."""

    def __len__(self) -> int:
        return len(self.data)

    @property
    def states(self) -> NDArray[np.float32]:
        """[n, T + 1, 16]."""
        return self.data.states

    @property
    def actions(self) -> NDArray[np.float32]:
        """[n, T, 3]."""
        return self.data.actions

    def object_name(self, index: int) -> str:
        """Name of the object of trajectory `index`."""
        return self.object_names[int(self.data.object_index[index])]

    def subset(self, index: NDArray[np.int64] | NDArray[np.bool_]) -> TrajectorySet:
        """The trajectories picked by an index or mask array."""
        picked = {name: array[index] for name, array in self.data.arrays().items()}
        return replace(self, data=Shard(**picked))


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
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with open(temporary, "wb") as file:
        file.write(_pack({**shard.arrays(), "meta": np.array(json.dumps(header, sort_keys=True))}))
        file.flush()
        os.fsync(file.fileno())
    read_shard(temporary)
    os.replace(temporary, path)


def _pack(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """A zip of .npy files without clock times, so that equal arrays are equal bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            entry = io.BytesIO()
            np.lib.format.write_array(entry, np.array(array, order="C"), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", _EPOCH), entry.getvalue(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def read_shard(path: Path) -> tuple[Shard, dict[str, Any]]:
    """One shard and its meta.

    Raises:
        ValueError: the file is missing, cut short, damaged, or not a shard of ours.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
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


def write_header(folder: Path, header: Mapping[str, Any]) -> None:
    """Write ``dataset.json`` at once."""
    temporary = folder / f"dataset.json.{os.getpid()}.tmp"
    temporary.write_text(json.dumps({"format": FORMAT, "version": FORMAT_VERSION, **header}, indent=2, sort_keys=True))
    os.replace(temporary, folder / "dataset.json")


def read_header(folder: Path) -> dict[str, Any]:
    """``dataset.json`` of a folder.

    Raises:
        ValueError: no such file, or not ours.
    """
    path = folder / "dataset.json"
    if not path.is_file():
        raise ValueError(
            f"{folder} is no data set: it has no dataset.json; collect one with `hyperdynamics collect push`"
        )
    try:
        header = json.loads(path.read_text())
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not JSON ({error}); restore it or collect again") from error
    if not isinstance(header, dict) or header.get("format") != FORMAT or header.get("version") != FORMAT_VERSION:
        raise ValueError(f"{path} does not describe push trajectories of format version {FORMAT_VERSION}")
    return header


def load_dataset(folder: Path | str, partial: bool = False) -> TrajectorySet:
    """All trajectories of a folder.

    Args:
        folder: what `hyperdynamics collect push` wrote.
        partial: take the shards that are there although some are still missing.

    Raises:
        ValueError: a missing, truncated or foreign file, or one of another collection.
    """
    folder = Path(folder)
    header = read_header(folder)
    paths = [shard_path(folder, index) for index in range(int(header["shards"]))]
    missing = [path.name for path in paths if not path.is_file()]
    if len(missing) == len(paths) or (missing and not partial):
        raise ValueError(
            f"{folder} lacks {len(missing)} of {len(paths)} shards ({missing[0]} first): "
            "run the same collect command again to finish it"
        )
    shards = [_read_member(path, header) for path in paths if path.is_file()]
    return TrajectorySet(
        _joined(shards),
        tuple(header["objects"]),
        header["physics"],
        header["physics_fingerprint"],
        header["fingerprint"],
        header,
    )


def _read_member(path: Path, header: Mapping[str, Any]) -> Shard:
    shard, meta = read_shard(path)
    if meta.get("fingerprint") != header["fingerprint"]:
        raise ValueError(
            f"{path} belongs to collection {meta.get('fingerprint')}, its folder to {header['fingerprint']}: "
            "other physics or settings must not be mixed; keep it in a folder of its own"
        )
    return shard


def _joined(shards: Sequence[Shard]) -> Shard:
    arrays = [shard.arrays() for shard in shards]
    return Shard(**{name: np.concatenate([each[name] for each in arrays]) for name in SHAPES})


def load_datasets(folders: Sequence[Path | str], partial: bool = False) -> TrajectorySet:
    """Several folders as one set: object names united, system numbers kept apart.

    Raises:
        ValueError: no folder, folders of different physics or step counts, or what `load_dataset` refuses.
    """
    if not folders:
        raise ValueError("no data folder was given")
    sets = [load_dataset(folder, partial) for folder in folders]
    for folder, each in zip(folders, sets, strict=True):
        if each.physics_fingerprint != sets[0].physics_fingerprint:
            raise ValueError(
                f"{folder} has physics {each.physics_fingerprint}, {folders[0]} has {sets[0].physics_fingerprint}: "
                f"different settings {_differences(sets[0].physics, each.physics)} must not be mixed"
            )
        if each.actions.shape[1] != sets[0].actions.shape[1]:
            raise ValueError(f"{folder} has {each.actions.shape[1]} steps, {folders[0]} {sets[0].actions.shape[1]}")
    if len(sets) == 1:
        return sets[0]
    names = tuple(dict.fromkeys(name for each in sets for name in each.object_names))
    fingerprint = "+".join(each.fingerprint for each in sets)
    data = _joined(_renumbered(sets, names))
    return replace(
        sets[0], data=data, object_names=names, fingerprint=fingerprint, meta={"datasets": [each.meta for each in sets]}
    )


def _differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> str:
    return ", ".join(sorted(key for key in {*first, *second} if first.get(key) != second.get(key)))


def _renumbered(sets: Sequence[TrajectorySet], names: tuple[str, ...]) -> list[Shard]:
    shards, offset = [], 0
    for each in sets:
        table = np.array([names.index(name) for name in each.object_names], dtype=np.int64)
        systems = each.data.system_index + offset
        shards.append(replace(each.data, object_index=table[each.data.object_index], system_index=systems))
        offset = int(systems.max()) + 1
    return shards

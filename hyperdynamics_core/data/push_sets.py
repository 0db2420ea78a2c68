"""Folders of push trajectories made of others: joined, or parted into whole systems to train and to hold out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from hyperdynamics_core.data.array_folder import DataFolderError
from hyperdynamics_core.data.crops import CropPool
from hyperdynamics_core.data.parting import HELD_OUT, TRAIN, draw_parts, require_different, require_empty
from hyperdynamics_core.data.recorded_crops import CROPS_FOLDER, RecordedCrop, write_recorded_crops
from hyperdynamics_core.data.recorded_pushes import RECORDED, write_set
from hyperdynamics_core.data.trajectories import TrajectorySet, load_dataset, load_datasets


def merge_pushes(folders: Sequence[Path], out: Path) -> int:
    """Join folders of one physics, with their recorded crops, in a new one. Returns the number of trajectories.

    Raises:
        ValueError: one cannot be read or must not be mixed with the others, two are the same or name different objects
            alike, out is not empty.
    """
    require_empty(out)
    known: dict[str, Path] = {}
    named: dict[str, Path] = {}
    for folder in folders:
        each = load_dataset(folder)
        require_different(known, each.fingerprint, folder, "trajectories")
        _require_own_names(named, each, folder)
    joined = load_datasets(folders)
    _write(joined, out, folders, {"merged": list(known), "datasets": joined.meta.get("datasets", [joined.meta])})
    return len(joined)


def split_pushes(folder: Path, out: Path, share: float, seed: int) -> dict[str, tuple[int, int]]:
    """Part a folder at random into out/train and out/held-out, whole systems each: with interactions from another
    trajectory of the same system, a system that is parted would be known on both sides.

    Args:
        folder: of the trajectories.
        out: of the two folders, to be made.
        share: of the systems that are held out, at least one and not all of them.
        seed: of the drawing; the same one parts in the same way.

    Returns:
        Trajectories and systems by the part's name.

    Raises:
        ValueError: fewer than two systems, a share outside of 0 to 1, a folder that cannot be read, one to be made that
            is not empty.
    """
    found = load_dataset(folder)
    systems = np.unique(found.data.system_index)
    if len(systems) < 2:
        raise DataFolderError(f"{folder} holds {len(systems)} system; parting takes two or more")
    parts = draw_parts(len(systems), share, seed)
    for name in parts:
        require_empty(out / name)
    counts = {}
    for name, indices in parts.items():
        part = found.subset(np.isin(found.data.system_index, systems[indices]))
        about = {"part": {"of": found.fingerprint, "name": name, "share": share, "seed": seed}}
        _write(part, out / name, [folder], about)
        counts[name] = len(part), len(indices)
    return {name: counts[name] for name in (TRAIN, HELD_OUT)}


def _require_own_names(named: dict[str, Path], found: TrajectorySet, folder: Path) -> None:
    """Names that were made up must not meet: they would pass for one object."""
    for name in found.object_names:
        if name.startswith(RECORDED) and named.setdefault(name, folder) != folder:
            raise DataFolderError(
                f"{folder} and {named[name]} both name an object {name!r}, of bags with one name; rename a bag's "
                "folder and make its set again"
            )


def _write(found: TrajectorySet, out: Path, sources: Sequence[Path], about: Mapping[str, Any]) -> None:
    """The trajectories with the objects that they are of, and what crops of those the sources have."""
    used, numbers = np.unique(found.data.object_index, return_inverse=True)
    names = [found.object_names[index] for index in used.tolist()]
    data = replace(found.data, object_index=numbers.astype(np.int64).reshape(-1))
    out.mkdir(parents=True, exist_ok=True)
    _write_crops([source / CROPS_FOLDER for source in sources], names, out / CROPS_FOLDER)
    write_set(out, data, names, found.physics, {"hidden_known": found.hidden_known, **about})


def _write_crops(folders: Sequence[Path], names: Sequence[str], out: Path) -> None:
    """Recorded crops of these objects, where all sources have some; rendered ones stay where they are."""
    if not all(folder.is_dir() for folder in folders):
        return
    pools = [CropPool.open(folder) for folder in folders]
    if any(pool.meta.get("maps") != pools[0].meta.get("maps") for pool in pools):
        shown = " and ".join(map(str, folders))
        raise DataFolderError(f"{shown} have feature maps of other settings; make them with one perception")
    crops = {
        name: [crop for pool in pools if name in pool.object_names for crop in _crops_of(pool, name)] for name in names
    }
    count = max(pool.maps.shape[1] for pool in pools)
    write_recorded_crops(out, crops, count, pools[0].meta["maps"], {"of": [pool.fingerprint for pool in pools]})


def _crops_of(pool: CropPool, name: str) -> list[RecordedCrop]:
    row = pool.of_object(name)
    places = range(pool.maps.shape[1])
    return [
        RecordedCrop(pool.maps[row, place], float(pool.yaws[row, place]), pool.offsets[row, place]) for place in places
    ]

"""Push trajectories on disk: folders of shards that are whole or absent, and never of mixed physics.

A folder holds ``dataset.json`` and ``shard-00000.npz``, ``shard-00001.npz``, ... (see `shards`). Axes: n trajectories,
T steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.data.parting import differing
from hyperdynamics_core.data.push_folder import read_header, read_member, write_header
from hyperdynamics_core.data.shards import SHAPES, Shard, shard_path

__all__ = ["Shard", "TrajectorySet", "load_dataset", "load_datasets", "read_header", "require_physics", "write_header"]


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
    def hidden_known(self) -> bool:
        """Whether mass, friction and centre of mass are known; else they are zeros that nothing may use."""
        return all(each.get("hidden_known", True) for each in self.meta.get("datasets", (self.meta,)))

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


def load_dataset(folder: Path | str, partial: bool = False) -> TrajectorySet:
    """All trajectories of a folder.

    Args:
        folder: what `hyperdynamics collect push` wrote.
        partial: take the shards that are there although some are still missing.

    Raises:
        ValueError: a missing, truncated, edited or foreign file, or one of another collection.
    """
    folder = Path(folder)
    header = read_header(folder)
    paths = [shard_path(folder, index) for index in range(header["shards"])]
    missing = [path.name for path in paths if not path.is_file()]
    if len(missing) == len(paths) or (missing and not partial):
        raise ValueError(
            f"{folder} lacks {len(missing)} of {len(paths)} shards ({missing[0]} first): "
            "run the same collect command again to finish it"
        )
    shards = [read_member(path, header) for path in paths if path.is_file()]
    return TrajectorySet(
        _joined(shards),
        tuple(header["objects"]),
        header["physics"],
        header["physics_fingerprint"],
        header["fingerprint"],
        header,
    )


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
                f"different settings {differing(sets[0].physics, each.physics)} must not be mixed; "
                "name folders of one physics"
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


def require_physics(
    trained: str, found: str, what: str, remedy: str = "collect data with the settings of the training data"
) -> None:
    """Data, or a world, are of the physics that a model was trained on; an empty fingerprint is not known and passes.

    Raises:
        ValueError: they are not.
    """
    if trained and found != trained:
        raise ValueError(
            f"{what} has physics {found}, the model learns or learned from {trained}: figures of one in the other mean "
            f"nothing; {remedy}"
        )


def _renumbered(sets: Sequence[TrajectorySet], names: tuple[str, ...]) -> list[Shard]:
    shards, offset = [], 0
    for each in sets:
        table = np.array([names.index(name) for name in each.object_names], dtype=np.int64)
        systems = each.data.system_index + offset
        shards.append(replace(each.data, object_index=table[each.data.object_index], system_index=systems))
        offset = int(systems.max()) + 1
    return shards

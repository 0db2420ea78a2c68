"""Push trajectories that were recorded rather than collected, as a folder that is taken like a collected one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.data.push_folder import physics_fingerprint, write_header
from hyperdynamics_core.data.shards import SHAPES, Shard, shard_path, write_shard

SHARD_TRAJECTORIES = 500
"""Trajectories a file."""
RECORDED = "recorded/"
"""Names of objects that nobody named begin so."""


@dataclass(frozen=True)
class HiddenValues:
    """What cannot be seen of an object."""

    mass: float
    """kg."""
    friction: float
    """Lateral friction, PyBullet's units."""
    com_offset: tuple[float, float, float]
    """Centre of mass from the volume centroid, object frame, m."""


@dataclass(frozen=True)
class RecordedTrajectory:
    """Pushes in a row."""

    states: NDArray[np.float64]
    """[T + 1, 16]."""
    actions: NDArray[np.float64]
    """[T, 3] commanded displacements, m."""
    object: str
    """Name of the object."""
    system: str
    """Equal ones are of the same object with the same hidden values."""
    hidden: HiddenValues | None
    """None: nobody told."""


def write_recorded(
    folder: Path, trajectories: Sequence[RecordedTrajectory], physics: Mapping[str, Any], about: Mapping[str, Any]
) -> dict[str, Any]:
    """Write a folder of recorded trajectories, shards first, the header last. Returns the header.

    Where one trajectory's hidden values are not known, none of the folder count as known: they are zeros, and
    ``hidden_known`` in the header says that nothing may use them.

    Args:
        folder: to be made, or empty.
        trajectories: all of one length.
        physics: what tells the robot, or the simulator, from others.
        about: further entries of the header.

    Raises:
        ValueError: none at all.
    """
    if not trajectories:
        raise ValueError("there is no trajectory to write")
    names = tuple(dict.fromkeys(each.object for each in trajectories))
    known = all(each.hidden is not None for each in trajectories)
    shard = _stack(trajectories, names, known)
    return write_set(folder, shard, names, physics, {"source": "bags", "hidden_known": known, **about})


def write_set(
    folder: Path, shard: Shard, names: Sequence[str], physics: Mapping[str, Any], about: Mapping[str, Any]
) -> dict[str, Any]:
    """Write trajectories in shards and then the header; the fingerprint is of the content. Returns the header."""
    starts = range(0, len(shard), SHARD_TRAJECTORIES)
    header = {
        "physics": dict(physics),
        "physics_fingerprint": physics_fingerprint(physics),
        "objects": list(names),
        "trajectories": len(shard),
        "steps": int(shard.actions.shape[1]),
        "shards": len(starts),
        **about,
    }
    header["fingerprint"] = _fingerprint(shard, header)
    folder.mkdir(parents=True, exist_ok=True)
    meta = {name: header[name] for name in ("fingerprint", "physics", "physics_fingerprint", "objects")}
    for index, start in enumerate(starts):
        part = {name: array[start : start + SHARD_TRAJECTORIES] for name, array in shard.arrays().items()}
        write_shard(shard_path(folder, index), Shard(**part), {"shard": index, **meta})
    write_header(folder, header)
    return header


def _stack(trajectories: Sequence[RecordedTrajectory], names: Sequence[str], known: bool) -> Shard:
    systems = {name: number for number, name in enumerate(dict.fromkeys(each.system for each in trajectories))}
    nothing = HiddenValues(0.0, 0.0, (0.0, 0.0, 0.0))
    hidden = [each.hidden if known and each.hidden is not None else nothing for each in trajectories]
    return Shard(
        states=np.stack([each.states for each in trajectories]).astype(np.float32),
        actions=np.stack([each.actions for each in trajectories]).astype(np.float32),
        object_index=np.array([names.index(each.object) for each in trajectories], dtype=np.int64),
        system_index=np.array([systems[each.system] for each in trajectories], dtype=np.int64),
        mass=np.array([each.mass for each in hidden], dtype=np.float32),
        friction=np.array([each.friction for each in hidden], dtype=np.float32),
        com_offset=np.array([each.com_offset for each in hidden], dtype=np.float32),
    )


def _fingerprint(shard: Shard, header: Mapping[str, Any]) -> str:
    digest = hashlib.sha256(f"{header['physics_fingerprint']} {header['objects']}".encode())
    for name in SHAPES:
        digest.update(np.ascontiguousarray(getattr(shard, name)).tobytes())
    return digest.hexdigest()[:16]

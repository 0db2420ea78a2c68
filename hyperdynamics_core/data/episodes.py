"""Episodes of one task on disk: a folder of small files that are whole or absent, never of mixed systems or physics.

It holds ``dataset.json`` and ``episode-000000.npz``, ``episode-000001.npz``, ... Each file is one episode, with a
temporary name until it is whole: a collection that was killed goes on after its last whole episode.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hyperdynamics_core.data.array_folder import DataFolderError
from hyperdynamics_core.data.episode import Episode, make_episode
from hyperdynamics_core.data.episode_files import (
    HEADER,
    check_same_collection,
    episode_files,
    episode_path,
    make_header,
    read_episode,
    read_header,
)
from hyperdynamics_core.data.parting import differing
from hyperdynamics_core.data.shards import pack
from hyperdynamics_core.systems.system import System
from hyperdynamics_core.whole_files import write_bytes, write_json

__all__ = ["Episode", "EpisodeSet", "EpisodeWriter", "join_sets", "make_episode", "read_header"]


class EpisodeWriter:
    """Adds episodes to a folder; opened again, it goes on after the last one."""

    def __init__(
        self,
        folder: Path | str,
        system: System,
        physics: Mapping[str, Any],
        hidden_names: Sequence[str],
        meta: Mapping[str, Any] | None = None,
    ) -> None:
        """Start or continue.

        Args:
            folder: made if it does not exist.
            system: of all episodes.
            physics: settings that must not be mixed: task, integrator, constants.
            hidden_names: what the columns of ``hidden`` are.
            meta: what else tells one collection from another: split, seed, agent.

        Raises:
            DataFolderError: the folder holds episodes of another system, physics or collection.
        """
        self.folder, self.system, self.hidden_names = Path(folder), system, tuple(hidden_names)
        self.header = make_header(system, physics, hidden_names, meta or {})
        self.folder.mkdir(parents=True, exist_ok=True)
        if (self.folder / HEADER).exists():
            check_same_collection(self.folder, read_header(self.folder), self.header)
        else:
            write_json(self.folder / HEADER, self.header)
        for leftover in self.folder.glob("*.tmp"):
            leftover.unlink()
        self._count = len(episode_files(self.folder))

    def __len__(self) -> int:
        return self._count

    def add(
        self, states: ArrayLike, actions: ArrayLike, rewards: ArrayLike, hidden: ArrayLike, spec: str = "{}"
    ) -> int:
        """Store one episode: [T + 1, n_s], [T, n_a], [T], [T, n_h], and the JSON that fixes it. Returns its number.

        Raises:
            DataFolderError: an array of the wrong shape, or numbers that are not finite; nothing is written.
        """
        episode = make_episode(self.system, len(self.hidden_names), states, actions, rewards, hidden, spec)
        content = pack({**episode.arrays(), "spec": np.array(spec)})
        write_bytes(episode_path(self.folder, self._count), content)
        self._count += 1
        return self._count - 1


@dataclass(frozen=True)
class EpisodeSet:
    """Every episode of a folder, in memory."""

    system: str
    """Name of the system."""
    episodes: tuple[Episode, ...]
    """In the order in which they were written."""
    hidden_names: tuple[str, ...]
    """What the columns of ``Episode.hidden`` are."""
    physics: Mapping[str, Any]
    """Settings that must not be mixed."""
    physics_fingerprint: str
    """Of ``physics``: equal, or not to be mixed."""
    fingerprint: str
    """Of physics and all numbers."""
    meta: Mapping[str, Any]
    """Split, seed, agent and what else the collection says."""

    def __len__(self) -> int:
        return len(self.episodes)

    def episode(self, index: int) -> Episode:
        """Episode `index`."""
        return self.episodes[index]

    @staticmethod
    def open(folder: Path | str, system: System | None = None) -> EpisodeSet:
        """Read a folder that an ``EpisodeWriter`` wrote, of one system where given.

        Raises:
            DataFolderError: missing, damaged or empty, or of another system.
        """
        folder = Path(folder)
        header = read_header(folder)
        if system is not None and header["system"] != system.name:
            raise DataFolderError(
                f"{folder} holds episodes of {header['system']!r}, but {system.name!r} is needed; give another folder"
            )
        paths = episode_files(folder)
        if not paths:
            raise DataFolderError(f"{folder} holds no episode yet; collect some")
        episodes = tuple(read_episode(path) for path in paths)
        _check_widths(folder, episodes, len(header["hidden_names"]))
        return EpisodeSet(
            header["system"],
            episodes,
            tuple(header["hidden_names"]),
            header["physics"],
            header["physics_fingerprint"],
            _fingerprint(header["physics_fingerprint"], episodes),
            header["meta"],
        )


def join_sets(sets: Sequence[EpisodeSet]) -> EpisodeSet:
    """Several sets of the same system and physics as one.

    Raises:
        DataFolderError: none, or sets that must not be mixed.
    """
    if not sets:
        raise DataFolderError("no set of episodes was given")
    first = sets[0]
    for each in sets[1:]:
        if (each.system, each.physics_fingerprint, each.hidden_names) != (
            first.system,
            first.physics_fingerprint,
            first.hidden_names,
        ):
            raise DataFolderError(
                f"episodes of {each.system!r} with physics {each.physics_fingerprint} must not be mixed with those of "
                f"{first.system!r} with physics {first.physics_fingerprint} (they differ in "
                f"{differing(first.physics, each.physics)})"
            )
    episodes = tuple(episode for each in sets for episode in each.episodes)
    fingerprint = "+".join(each.fingerprint for each in sets)
    meta = {"sets": [dict(each.meta) for each in sets]} if len(sets) > 1 else first.meta
    return EpisodeSet(
        first.system, episodes, first.hidden_names, first.physics, first.physics_fingerprint, fingerprint, meta
    )


def _check_widths(folder: Path, episodes: Sequence[Episode], n_hidden: int) -> None:
    widths = {(each.states.shape[1], each.actions.shape[1], each.hidden.shape[1]) for each in episodes}
    if len(widths) != 1 or episodes[0].hidden.shape[1] != n_hidden:
        raise DataFolderError(
            f"{folder} holds episodes of different sizes {sorted(widths)} (state, action, {n_hidden} hidden values); "
            "take the foreign ones out"
        )


def _fingerprint(physics: str, episodes: Sequence[Episode]) -> str:
    digest = hashlib.sha256(physics.encode())
    for episode in episodes:
        for array in episode.arrays().values():
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]

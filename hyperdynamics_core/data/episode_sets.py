"""Folders of episodes made of others: joined, or parted into whole episodes to train and to hold out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hyperdynamics_core.data.array_folder import DataFolderError
from hyperdynamics_core.data.episodes import EpisodeSet, EpisodeWriter, join_sets
from hyperdynamics_core.data.parting import HELD_OUT, TRAIN, draw_parts, require_different, require_empty
from hyperdynamics_core.systems.system import System

__all__ = ["HELD_OUT", "TRAIN", "merge", "split"]


def merge(folders: Sequence[Path], out: Path, system: System) -> int:
    """Join folders of one system and physics in a new one. Returns the number of episodes.

    Raises:
        DataFolderError: one cannot be read or must not be mixed with the others, two are the same, out is not empty.
    """
    require_empty(out)
    sets = [EpisodeSet.open(folder, system) for folder in folders]
    known: dict[str, Path] = {}
    for folder, each in zip(folders, sets, strict=True):
        require_different(known, each.fingerprint, folder, "episodes")
    joined = join_sets(sets)
    _write(joined, range(len(joined)), out, system, {"merged": [each.fingerprint for each in sets], **joined.meta})
    return len(joined)


def split(folder: Path, out: Path, system: System, share: float, seed: int) -> tuple[int, int]:
    """Part a folder's episodes at random into out/train and out/held-out, whole episodes each.

    Args:
        folder: of the episodes.
        out: of the two folders, to be made.
        system: of the episodes.
        share: of the episodes that are held out, at least one and not all of them.
        seed: of the drawing; the same one parts in the same way.

    Returns:
        Number of episodes to train with and of those held out.

    Raises:
        DataFolderError: fewer than two episodes, a folder that cannot be read, one to be made that is not empty.
        ValueError: a share outside of 0 to 1.
    """
    draw_parts(2, share, seed)  # a wrong share is said before anything is read
    found = EpisodeSet.open(folder, system)
    if len(found) < 2:
        raise DataFolderError(f"{folder} holds {len(found)} episode; parting takes two or more")
    parts = draw_parts(len(found), share, seed)
    for name in parts:
        require_empty(out / name)
    for name, indices in parts.items():
        meta = {**found.meta, "part": {"of": found.fingerprint, "name": name, "share": share, "seed": seed}}
        _write(found, indices, out / name, system, meta)
    return len(parts[TRAIN]), len(parts[HELD_OUT])


def _write(source: EpisodeSet, indices: Sequence[int], out: Path, system: System, meta: dict[str, Any]) -> None:
    writer = EpisodeWriter(out, system, source.physics, source.hidden_names, meta)
    for index in indices:
        episode = source.episode(int(index))
        writer.add(episode.states, episode.actions, episode.rewards, episode.hidden, episode.spec)

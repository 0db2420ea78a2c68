"""The episodes that on-policy training learns from: the newest ones, at most a number of steps (appendix B: 50,000)."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from hyperdynamics_core.data.array_folder import DataFolderError
from hyperdynamics_core.data.episodes import Episode
from hyperdynamics_core.data.shards import pack
from hyperdynamics_core.data.unreadable import UNREADABLE
from hyperdynamics_core.systems.system import System
from hyperdynamics_core.whole_files import write_bytes

CAPACITY_STEPS = 1_000_000


class ReplayBuffer:
    """Whole episodes, the oldest ones leave first."""

    def __init__(
        self, system: System, capacity_steps: int = CAPACITY_STEPS, hidden_names: tuple[str, ...] = ()
    ) -> None:
        self.system, self.capacity_steps, self.hidden_names = system, capacity_steps, hidden_names
        self.added = 0
        """Episodes that were ever added: changes whenever the content does."""
        self._episodes: deque[Episode] = deque()

    def __len__(self) -> int:
        return len(self._episodes)

    @property
    def episodes(self) -> tuple[Episode, ...]:
        """What is in it, oldest first."""
        return tuple(self._episodes)

    @property
    def steps(self) -> int:
        """Steps in it."""
        return sum(len(episode) for episode in self._episodes)

    def episode(self, index: int) -> Episode:
        """Episode `index`, 0 the oldest."""
        return self._episodes[index]

    def add(self, episode: Episode) -> None:
        """Take an episode (``make_episode`` makes one) in; old ones leave while there are too many steps.

        Raises:
            ValueError: it has other sizes than the system, or more steps than the buffer holds.
        """
        sizes = (episode.states.shape[1], episode.actions.shape[1], episode.hidden.shape[1])
        wanted = (len(self.system.state_dimensions), len(self.system.action_dimensions), len(self.hidden_names))
        if sizes != wanted or len(episode) > self.capacity_steps:
            raise ValueError(
                f"a buffer of {self.system.name!r} for {self.capacity_steps} steps takes episodes of sizes {wanted} "
                f"(state, action, hidden values), got {sizes} and {len(episode)} steps"
            )
        self._episodes.append(episode)
        self.added += 1
        while self.steps > self.capacity_steps:
            self._episodes.popleft()

    def save(self, path: Path, newest: int | None = None) -> None:
        """Write everything, or the newest episodes alone, to one file, under a temporary name first."""
        kept = list(self)[-newest:] if newest else list(self)
        meta = {"system": self.system.name, "added": self.added, "hidden_names": self.hidden_names}
        meta |= {"lengths": [len(episode) for episode in kept], "specs": [episode.spec for episode in kept]}
        names = ("states", "actions", "rewards", "hidden")
        arrays = {name: np.concatenate([each.arrays()[name] for each in kept]) for name in names} if kept else {}
        write_bytes(path, pack({**arrays, "meta": np.array(json.dumps(meta))}, compress=False))

    def load(self, *paths: Path) -> None:
        """Replace the content by what ``save`` wrote, one file after the other.

        Raises:
            DataFolderError: missing, damaged, or of another system; the content stays as it was.
        """
        files = [self._read(path) for path in paths]
        self._episodes.clear()
        for meta, episodes in files:
            for episode in episodes:
                self.add(episode)
            self.added = int(meta["added"])

    def _read(self, path: Path) -> tuple[dict[str, Any], list[Episode]]:
        try:
            with np.load(path, allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            meta = json.loads(str(arrays.pop("meta")))
        except UNREADABLE as error:
            raise DataFolderError(f"buffer {path} cannot be read ({error}); resume from an older state") from error
        if (meta["system"], tuple(meta["hidden_names"])) != (self.system.name, self.hidden_names):
            raise DataFolderError(
                f"buffer {path} is of {meta['system']!r} with hidden values {meta['hidden_names']}, but "
                f"{self.system.name!r} with {list(self.hidden_names)} is needed; resume another run"
            )
        episodes, state, step = [], 0, 0
        for length, spec in zip(meta["lengths"], meta["specs"], strict=True):
            parts = {name: arrays[name][step : step + length] for name in ("actions", "rewards", "hidden")}
            episodes.append(Episode(arrays["states"][state : state + length + 1], **parts, spec=spec))
            state, step = state + length + 1, step + length
        return meta, episodes

    def __iter__(self) -> Iterator[Episode]:
        return iter(self._episodes)

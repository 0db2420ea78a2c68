"""One episode: what happened, step by step, in float32."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hyperdynamics_core.data.array_folder import DataFolderError
from hyperdynamics_core.systems.system import System

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Episode:
    """One episode of T steps; see ``make_episode``."""

    states: Array
    """[T + 1, n_s] in the system's layout."""
    actions: Array
    """[T, n_a]."""
    rewards: Array
    """[T]."""
    hidden: Array
    """[T, n_h] true hidden values at each step."""
    spec: str
    """What fixes the episode, one line of JSON."""

    def __len__(self) -> int:
        return len(self.actions)

    def arrays(self) -> dict[str, Array]:
        """All arrays by name."""
        return {"states": self.states, "actions": self.actions, "rewards": self.rewards, "hidden": self.hidden}


def make_episode(
    system: System,
    n_hidden: int,
    states: ArrayLike,
    actions: ArrayLike,
    rewards: ArrayLike,
    hidden: ArrayLike,
    spec: str = "{}",
) -> Episode:
    """An episode in float32 from anything like arrays, checked.

    Raises:
        DataFolderError: an array of the wrong shape, or numbers that are not finite.
    """
    arrays = [np.ascontiguousarray(values, dtype=np.float32) for values in (states, actions, rewards, hidden)]
    steps = len(arrays[1])
    n_state, n_action = len(system.state_dimensions), len(system.action_dimensions)
    shapes = ((steps + 1, n_state), (steps, n_action), (steps,), (steps, n_hidden))
    for name, array, shape in zip(("states", "actions", "rewards", "hidden"), arrays, shapes, strict=True):
        if array.shape != shape or steps < 1:
            raise DataFolderError(f"{name} of an episode of {system.name!r} must have shape {shape}, got {array.shape}")
        if not np.isfinite(array).all():
            raise DataFolderError(f"{name} of an episode hold numbers that are not finite; leave this episode out")
    return Episode(arrays[0], arrays[1], arrays[2], arrays[3], spec)

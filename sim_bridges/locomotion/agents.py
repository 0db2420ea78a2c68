"""Who decides on the actions: one interface for the agents that need no learned model, and for those that have one."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sim_bridges.locomotion.world import LeggedWorld

Array = NDArray[np.float64]


class Agent(Protocol):
    """Decides on an action at every time step."""

    def reset(self, world: LeggedWorld) -> None:
        """Called after the world's reset, before the first action; forgets the episode before."""

    def act(self, world: LeggedWorld, state: Array) -> Array:
        """Action [n_a], -1 to 1, for the state [n_s] the world is in."""


class RandomAgent:
    """Uniform actions, anew at every time step: the first iteration of on-policy training."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def reset(self, world: LeggedWorld) -> None:
        """Nothing to forget."""

    def act(self, world: LeggedWorld, state: Array) -> Array:
        """Action [n_a]."""
        return self._rng.uniform(-1.0, 1.0, len(world.system.joint_names))


class ZeroAgent:
    """No torque at all."""

    def reset(self, world: LeggedWorld) -> None:
        """Nothing to forget."""

    def act(self, world: LeggedWorld, state: Array) -> Array:
        """Action [n_a]."""
        return np.zeros(len(world.system.joint_names))

"""Finds the steps (state, action, next state) in streams of states and commands."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_ros.synchronisation import StampBuffer

Array = NDArray[np.float64]
EARLY, LATE = 0.05, 0.5
"""A next state may come this share of a step before or after the step's nominal end."""


class StepFinder:
    """Pairs each command with the state it was given in and the first state one step later."""

    def __init__(self, dt: float, tolerance: int) -> None:
        """dt: duration of a step, s. tolerance: greatest difference of a command's stamp and its state's, ns."""
        self._dt, self._tolerance = round(dt * 1e9), max(tolerance, round(dt * 1e9 * EARLY))
        self._pending: tuple[int, Array, StampBuffer[Array]] | None = None
        self.span = (0, 0)
        """Stamps of the states that the last step was begun and ended in, ns."""

    @property
    def under_way(self) -> bool:
        """Whether a command waits for the end of its step."""
        return self._pending is not None

    def clear(self) -> None:
        """Forget the command under way."""
        self._pending = None

    def command(self, action: Array, stamp: int, states: StampBuffer[Array]) -> None:
        """A displacement [3] commanded at a stamp (ns). A command of zero stops the arm: the step under way is void.

        The state that it was given in is looked for in ``states`` at the step's end: a tracker tells what it measures
        some time later, and the newest state is older than the command.
        """
        if self._pending is not None and stamp < self._pending[0]:
            return  # sent again, and overtaken by the next one
        self._pending = (stamp, action, states) if action.any() else None

    def state(self, stamp: int, state: Array) -> tuple[Array, Array, Array] | None:
        """(state, action, next state) if this state [16] ends the step under way."""
        if self._pending is None:
            return None
        begun, action, states = self._pending
        if stamp < begun + self._dt * (1.0 - EARLY):
            return None
        self._pending = None
        before = states.nearest(begun, self._tolerance)
        if before is None or stamp > begun + self._dt * (1.0 + LATE):
            return None
        self.span = (before[0], stamp)
        return before[1], action, state

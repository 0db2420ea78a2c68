"""The torques that act while time runs by itself: the last command, held for a while, then none."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_ros.checks import MessageRefused

Array = NDArray[np.float64]


class HeldTorques:
    """What the motors get at each simulated step."""

    def __init__(self, n_joints: int, hold: int) -> None:
        """hold: simulated time that a command is held for, ns."""
        self._none, self._hold = np.zeros(n_joints), hold
        self._torques, self._since = self._none, -hold

    def check_age(self, answered: int | None, now: int) -> None:
        """Whether a command that answers the state of a stamp (ns; None: not said) is fresh enough.

        Raises:
            MessageRefused: it answers an older state than a command may be held for.
        """
        if answered is not None and now - answered > max(self._hold, 1):
            raise MessageRefused(
                "age of the command",
                f"{(now - answered) / 1e9:.3f} s",
                f"must answer a state of the last {self._hold / 1e9:.3f} s",
                "plan faster, or raise hold_after",
            )

    def command(self, torques: Array, now: int) -> None:
        """Checked torques [n_joints], N m, at a time, ns."""
        self._torques, self._since = torques, now

    def at(self, now: int) -> Array:
        """[n_joints] that act from a time (ns) on."""
        return self._none if self.silent(now) else self._torques

    def silent(self, now: int) -> bool:
        """Whether the last command has been held for long enough."""
        return now - self._since >= self._hold

    def reset(self, now: int) -> None:
        """Another episode: nothing acts."""
        self._torques, self._since = self._none, now - self._hold

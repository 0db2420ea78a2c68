"""Commands to the arm while time runs by itself: begun, queued for a moment, stopped, held when nothing follows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_ros.checks import MessageRefused
from sim_bridges.pushing.world import PushWorld

QUEUE = 0.2
"""A command that comes this much before the end of the last one waits for it, s."""


class RealtimeArm:
    """The world's arm under a running clock."""

    def __init__(self, world: PushWorld, hold_after: float) -> None:
        """hold_after: time after a command's end without a next one after which the arm is stopped, s."""
        self._world, self._hold_after = world, hold_after
        self._left = 0.0
        self._quiet: float | None = None
        """Time since the last command's end, s; None: the arm moves, or is held already."""
        self._queued: NDArray[np.float64] | None = None

    def reset(self) -> None:
        """Another episode: nothing is under way."""
        self._left, self._quiet, self._queued = 0.0, None, None

    def check_time(self) -> None:
        """Whether a command may come now.

        Raises:
            MessageRefused: the last one goes on for longer than the queue's time.
        """
        if self._world.busy and self._left > QUEUE:
            raise MessageRefused(
                "time of the command",
                f"{self._left:.2f} s before the end of the last one",
                f"must be at most {QUEUE} s before it",
                "wait for the step's end, or stop the arm with a displacement of zero",
            )

    def command(self, move: NDArray[np.float64]) -> None:
        """A checked displacement [3], m; zero stops the arm at once."""
        if not move.any():
            self.reset()
            self._world.hold()
        elif self._world.busy:
            self._queued = move
        else:
            self._begin(move)

    def advance(self, seconds: float) -> bool:
        """Let time pass. Returns whether an obstacle was touched since the command under way began."""
        was_busy = self._world.busy
        self._world.advance(seconds)
        self._left -= seconds
        touched = was_busy and self._world.result().obstacle_contact
        if was_busy and not self._world.busy:
            self._quiet = 0.0
            if self._queued is not None:
                self._begin(self._queued)
        elif self._quiet is not None:
            self._wait(seconds)
        return touched

    def _begin(self, move: NDArray[np.float64]) -> None:
        self._world.begin(move)
        self._left, self._quiet, self._queued = self._world.physics.step_seconds, None, None

    def _wait(self, seconds: float) -> None:
        assert self._quiet is not None
        self._quiet += seconds
        if self._quiet > self._hold_after:
            self._world.hold()
            self._quiet = None

"""Where the joints should be at each moment of a joint trajectory: splines between its points, held at its end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Trajectory:
    """Points to be passed, the first at the moment it begins."""

    times: Array
    """[N] from its beginning, s, ascending, the first 0."""
    positions: Array
    """[N, n] rad."""
    speeds: Array
    """[N, n] rad/s."""

    @staticmethod
    def staying(joints: Array) -> Trajectory:
        """At joint positions [n]."""
        return Trajectory(np.zeros(1), joints[None].copy(), np.zeros((1, len(joints))))

    def after(self, times: Array, positions: Array, speeds: Array, moment: float) -> Trajectory:
        """A new one of N further points, that begins where this one is at a moment (s since its own beginning)."""
        here, moving = self.sample(moment)
        return Trajectory(np.concatenate(((0.0,), times)), np.vstack((here, positions)), np.vstack((moving, speeds)))

    def sample(self, moment: float) -> tuple[Array, Array]:
        """Positions [n] (rad) and speeds [n] (rad/s) at a moment since the beginning, s: cubic between two points."""
        if moment >= self.times[-1]:
            return self.positions[-1], np.zeros_like(self.positions[-1])
        index = int(np.searchsorted(self.times, moment, side="right")) - 1
        span = self.times[index + 1] - self.times[index]
        part = (moment - self.times[index]) / span
        start, end = self.positions[index], self.positions[index + 1]
        leaving, arriving = span * self.speeds[index], span * self.speeds[index + 1]
        bend, curve = 3.0 * (end - start) - 2.0 * leaving - arriving, 2.0 * (start - end) + leaving + arriving
        place = start + part * (leaving + part * (bend + part * curve))
        return place, (leaving + part * (2.0 * bend + part * 3.0 * curve)) / span

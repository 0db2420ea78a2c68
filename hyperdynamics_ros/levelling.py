"""An object that stands on a table neither leans nor rises: what a tracker says of that is its noise.

In the data of training such motions are a thousandth of what a tracker's noise makes of them, so experts would take
them for something that never was.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.systems.rotations import yaw_of_array

Array = NDArray[np.float64]
TOPPLED = np.cos(np.radians(15.0))
"""Cosine of the lean from which an object does not stand any more."""
HEIGHTS = 50
"""Newest heights whose median counts."""


class Leveller:
    """Push states [16] with the object upright, at the height at which it has been of late."""

    def __init__(self) -> None:
        self._heights: deque[float] = deque(maxlen=HEIGHTS)

    def clear(self) -> None:
        """Another object."""
        self._heights.clear()

    def __call__(self, state: Array) -> Array:
        """The state levelled; as it is where the object has toppled."""
        x, y = state[3:5]
        if 1.0 - 2.0 * (x * x + y * y) < TOPPLED:
            return state
        self._heights.append(float(state[2]))
        half = 0.5 * yaw_of_array(state[3:7])
        level = state.copy()
        level[2] = np.median(self._heights)
        level[3:7] = (0.0, 0.0, np.sin(half), np.cos(half))
        level[9] = level[10] = level[11] = 0.0
        return level

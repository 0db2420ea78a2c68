"""When a bridge that waits for a command tells its state again."""

from __future__ import annotations

import time

GROWTH = 1.5
"""Each wait is so many times as long as the last one: whoever comes late is rare, and a bridge may wait for hours."""
LONGEST = 4.0
"""Longest wait, in first ones."""
WATCH_PERIODS = (0.05, 0.25)
"""Shortest and longest time between two looks at the wall clock, s: each look wakes the whole process."""


class Retelling:
    """The wait before the next telling: the period at first, then ever longer, until somebody answers."""

    def __init__(self, period: float) -> None:
        """period: the first wait, s."""
        self.watch_period = min(max(0.5 * period, WATCH_PERIODS[0]), WATCH_PERIODS[1])
        """How often to ask ``due``, s."""
        self._period = self._wait = period
        self._told = time.monotonic()

    def told(self) -> None:
        """Something new was told, in answer to somebody."""
        self._wait, self._told = self._period, time.monotonic()

    def due(self) -> bool:
        """Whether to tell it again now; taken as done."""
        now = time.monotonic()
        if now - self._told < self._wait:
            return False
        self._wait, self._told = min(GROWTH * self._wait, LONGEST * self._period), now
        return True

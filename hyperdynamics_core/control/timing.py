"""How well a controller keeps its time, and how it sheds work when it does not."""

from __future__ import annotations

from collections import deque

import numpy as np

from hyperdynamics_core.planning.sequences import SequencePlanner

KEPT = 1000
"""Newest steps that figures are taken over."""


class StepTimes:
    """Planning times and rate of the newest steps, in wall time."""

    def __init__(self, deadline: float) -> None:
        """deadline: s a plan may take."""
        self.deadline = deadline
        self.missed = 0
        """Plans that took longer than the deadline."""
        self._planning: deque[float] = deque(maxlen=KEPT)
        self._commands: deque[float] = deque(maxlen=KEPT)

    def planned(self, seconds: float) -> None:
        """One plan took so long."""
        self._planning.append(seconds)
        self.missed += seconds > self.deadline

    def commanded(self, now: float) -> None:
        """A command was ready at wall time ``now``, s."""
        self._commands.append(now)

    @property
    def rate(self) -> float:
        """Commands a second; NaN before the second one."""
        if len(self._commands) < 2:
            return float("nan")
        return (len(self._commands) - 1) / max(self._commands[-1] - self._commands[0], 1e-9)

    @property
    def last_ms(self) -> float:
        """Time of the newest plan, ms; NaN before the first."""
        return 1e3 * self._planning[-1] if self._planning else float("nan")

    def percentiles_ms(self) -> tuple[float, float, float]:
        """p50, p95 and p99 of planning, ms; NaN before the first plan."""
        if not self._planning:
            return float("nan"), float("nan"), float("nan")
        p50, p95, p99 = 1e3 * np.percentile(self._planning, (50, 95, 99))
        return float(p50), float(p95), float(p99)


class CandidateGovernor:
    """Lowers a planner's candidates at once when a plan takes too long, and raises them slowly when there is room."""

    def __init__(self, planner: SequencePlanner, allowed: float, least: int) -> None:
        """allowed: s a plan may take; least: candidates never to go below."""
        self.planner, self.allowed = planner, allowed
        self.most = planner.candidates
        self.least = min(least, self.most)

    def planned(self, seconds: float) -> None:
        """One plan took so long: set the candidates of the next."""
        count = self.planner.candidates
        if seconds > self.allowed:
            count = int(count * max(0.5, self.allowed / seconds))
        elif seconds < 0.8 * self.allowed and count < self.most:
            count += max(1, count // 20)
        self.planner.candidates = min(self.most, max(self.least, count))

    def restore(self) -> None:
        """Give the planner its own number back."""
        self.planner.candidates = self.most

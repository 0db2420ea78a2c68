"""Hidden properties: what differs from world to world and no sensor tells, with the ranges it is drawn from."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

Interval = tuple[float, float]


@dataclass(frozen=True)
class Property:
    """One hidden property of a stretch of ground or of the robot."""

    name: str
    """As the field calls it."""
    unit: str
    """SI; "1" for ratios and numbers of things."""
    seen: tuple[Interval, ...]
    """Intervals that training draws from; intervals of no length are single choices."""
    novel: tuple[Interval, ...]
    """Intervals held out for testing."""
    limits: Interval
    """What makes physical sense."""
    whole: bool = False
    """Whether only whole numbers make sense."""

    def draw(self, split: str, rng: np.random.Generator) -> float:
        """One value of a split, uniform over its intervals together."""
        intervals = np.array(self.seen if split == "seen" else self.novel)
        lengths = intervals[:, 1] - intervals[:, 0]
        share = lengths / lengths.sum() if lengths.any() else np.full(len(lengths), 1 / len(lengths))
        low, high = intervals[rng.choice(len(intervals), p=share)]
        return float(rng.uniform(low, high))

    def known(self, value: float) -> str:
        """Whether training has such values: seen; novel; or between, in a gap that is left between seen and novel."""
        if _within(value, self.seen):
            return "seen"
        ends = [end for interval in (*self.seen, *self.novel) for end in interval]
        gap = not self.whole and not _within(value, self.novel) and min(ends) < value < max(ends)
        return "between" if gap else "novel"

    def check(self, value: float) -> float:
        """The value itself, if it makes physical sense.

        Raises:
            ValueError: not finite, outside the limits, or no whole number where one is needed.
        """
        low, high = self.limits
        if not (math.isfinite(value) and low <= value <= high):
            raise ValueError(f"{self.name} {value} {self.unit} makes no physical sense; give {low:g} to {high:g}")
        if self.whole and value != round(value):
            raise ValueError(f"{self.name} {value} must be a whole number from {low:g} to {high:g}")
        return float(value)


def choices(*values: float) -> tuple[Interval, ...]:
    """Single values as intervals of no length."""
    return tuple((value, value) for value in values)


def _within(value: float, intervals: tuple[Interval, ...]) -> bool:
    return any(low <= value <= high for low, high in intervals)

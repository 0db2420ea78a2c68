"""Times variants side by side on a machine that is busy with other things as well.

Every round runs each variant once, in an order that rotates, and takes the thread's CPU time beside the wall's. What
disturbs one round disturbs its variants alike, so ratios are taken within a round, and of those the median.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Output:
    """Options of every benchmark."""

    json: Path | None = None
    """Write the figures to this file as well."""


@dataclass(frozen=True)
class Variant:
    """Something to time."""

    run: Callable[[], object]
    """Runs it once."""
    flops: float = 0.0
    """Floating-point operations of a run; 0: not counted."""


@dataclass(frozen=True)
class Timing:
    """Seconds of each round."""

    cpu: tuple[float, ...]
    """Of the calling thread."""
    wall: tuple[float, ...]
    """Of the clock."""


def measure(variants: Mapping[str, Variant], rounds: int) -> dict[str, Timing]:
    """Run every variant once a round, after one round that does not count.

    Raises:
        ValueError: fewer than one round.
    """
    if rounds < 1:
        raise ValueError(f"there must be at least 1 round, got {rounds}")
    names = list(variants)
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for turn in range(rounds + 1):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            cpu, wall = time.thread_time(), time.perf_counter()
            variants[name].run()
            taken = time.thread_time() - cpu, time.perf_counter() - wall
            if turn:
                seconds[name].append(taken)
    return {name: Timing(*(tuple(column) for column in zip(*taken, strict=True))) for name, taken in seconds.items()}


def paired(one: Timing, other: Timing) -> float:
    """Median over the rounds of one's CPU time divided by the other's."""
    return median(a / b for a, b in zip(one.cpu, other.cpu, strict=True))


def rate(variant: Variant, timing: Timing) -> float:
    """GFLOP/s at the median CPU time."""
    return variant.flops / median(timing.cpu) * 1e-9

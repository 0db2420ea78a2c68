"""95 % intervals: of rates, and of means over test cases and training seeds."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Z95 = 1.959963984540054
RESAMPLES = 2000


def wilson_interval(successes: int, trials: int, z: float = Z95) -> tuple[float, float]:
    """Interval of a rate by Wilson's score; sensible near 0 and 1 too.

    Raises:
        ValueError: no trial, or more successes than trials.
    """
    if trials < 1 or not 0 <= successes <= trials:
        raise ValueError(f"need 1 or more trials and 0 to that many successes, got {successes} of {trials}")
    rate, shrink = successes / trials, 1.0 + z * z / trials
    centre = (rate + z * z / (2 * trials)) / shrink
    half = z / shrink * math.sqrt(rate * (1.0 - rate) / trials + z * z / (4 * trials * trials))
    return max(0.0, centre - half), min(1.0, centre + half)


def mean_interval(
    values: NDArray[np.float64], rng: np.random.Generator, resamples: int = RESAMPLES
) -> tuple[float, float]:
    """Interval of the mean by bootstrap over both axes of values [n_seeds, n_cases] (or [n_cases]).

    Cases are the same for all seeds, so cases are drawn once for all of them, and seeds are drawn beside. With one
    seed the interval speaks of that trained model alone.

    Raises:
        ValueError: no values, or values that are not finite.
    """
    table = np.atleast_2d(np.asarray(values, dtype=np.float64))
    if table.size == 0 or not np.isfinite(table).all():
        raise ValueError(f"an interval needs one or more finite values, got shape {table.shape}")
    n_seeds, n_cases = table.shape
    seeds = rng.integers(n_seeds, size=(resamples, n_seeds))
    weights = np.stack([np.bincount(row, minlength=n_seeds) for row in seeds]) / n_seeds
    cases = rng.integers(n_cases, size=(resamples, n_cases))
    means = sum(weights[:, seed] * table[seed][cases].mean(axis=1) for seed in range(n_seeds))
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)

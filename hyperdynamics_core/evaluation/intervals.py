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
    table = _table(values)
    seeds = _seed_weights(len(table), rng, resamples)
    cases = rng.integers(table.shape[1], size=(resamples, table.shape[1]))
    return _quantiles(_means(table, seeds, cases))


def ratio_interval(
    values: NDArray[np.float64], reference: NDArray[np.float64], rng: np.random.Generator, resamples: int = RESAMPLES
) -> tuple[float, float]:
    """Interval of the ratio of two means over the same cases: values [n_seeds, n_cases], reference [m_seeds, n_cases].

    Cases are drawn once for both, so what makes a case hard for both does not widen the interval, as it does that of
    each mean; the seeds of either are drawn by themselves.

    Raises:
        ValueError: no values, values that are not finite, different cases, or a reference that is not positive.
    """
    above, below = _table(values), _table(reference)
    if above.shape[1] != below.shape[1]:
        raise ValueError(f"a ratio needs the same cases, got {above.shape[1]} and {below.shape[1]} of them")
    if (below <= 0).any():
        raise ValueError("a ratio needs a reference above 0 in every case")
    weights = [_seed_weights(len(each), rng, resamples) for each in (above, below)]
    cases = rng.integers(above.shape[1], size=(resamples, above.shape[1]))
    return _quantiles(_means(above, weights[0], cases) / _means(below, weights[1], cases))


def _table(values: NDArray[np.float64]) -> NDArray[np.float64]:
    table = np.atleast_2d(np.asarray(values, dtype=np.float64))
    if table.size == 0 or not np.isfinite(table).all():
        raise ValueError(f"an interval needs one or more finite values, got shape {table.shape}")
    return table


def _seed_weights(n_seeds: int, rng: np.random.Generator, resamples: int) -> NDArray[np.float64]:
    """[resamples, n_seeds] how much each seed counts in each draw of as many."""
    drawn = rng.integers(n_seeds, size=(resamples, n_seeds))
    return np.stack([np.bincount(row, minlength=n_seeds) for row in drawn]) / n_seeds


def _means(table: NDArray[np.float64], weights: NDArray[np.float64], cases: NDArray[np.int64]) -> NDArray[np.float64]:
    """[resamples] means over drawn seeds and cases."""
    by_seed = np.stack([row[cases].mean(axis=1) for row in table], axis=1)
    means: NDArray[np.float64] = (weights * by_seed).sum(axis=1)
    return means


def _quantiles(means: NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)

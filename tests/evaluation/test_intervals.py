import numpy as np
import pytest

from hyperdynamics_core.evaluation.intervals import mean_interval, ratio_interval, wilson_interval


def test_wilson_of_the_papers_success_rate() -> None:
    low, high = wilson_interval(46, 50)
    assert (round(low, 2), round(high, 2)) == (0.81, 0.97)
    assert wilson_interval(0, 50)[0] == 0.0 and 0.05 < wilson_interval(0, 50)[1] < 0.1
    with pytest.raises(ValueError, match="got 3 of 2"):
        wilson_interval(3, 2)


def test_interval_of_a_mean_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(200):
        low, high = mean_interval(rng.normal(1.0, 0.5, 250), rng, resamples=300)
        hits += low <= 1.0 <= high
    assert 178 <= hits <= 199


def test_seeds_that_disagree_widen_the_interval() -> None:
    rng = np.random.default_rng(1)
    cases = rng.normal(1.0, 0.1, 300)
    alike, apart = np.stack([cases] * 4), np.stack([cases + shift for shift in (-0.3, -0.1, 0.1, 0.3)])
    widths = [np.ptp(mean_interval(table, rng)) for table in (alike, apart)]
    assert widths[1] > 5 * widths[0]


def test_a_ratio_on_the_same_cases_sees_what_two_intervals_hide() -> None:
    """Cases that differ tenfold: either mean is uncertain, that one is a fifth below the other is not."""
    rng = np.random.default_rng(2)
    hard = rng.lognormal(0.0, 1.0, 40)
    reference = hard * rng.normal(1.0, 0.05, (3, 40))
    better = hard * rng.normal(0.8, 0.05, (2, 40))  # another number of seeds
    low, high = ratio_interval(better, reference, rng)
    assert 0.75 < low < 0.8 < high < 0.85
    assert mean_interval(better, rng)[1] > mean_interval(reference, rng)[0]


def test_interval_of_a_ratio_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(200):
        hard = rng.uniform(0.5, 2.0, 100)
        values, reference = (mean * hard * rng.uniform(0.5, 1.5, 100) for mean in (0.9, 1.0))
        low, high = ratio_interval(values, reference, rng, resamples=300)
        hits += low <= 0.9 <= high
    assert 178 <= hits <= 199


def test_a_ratio_of_other_cases_or_to_nothing_is_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="the same cases, got 3 and 2"):
        ratio_interval(np.ones((2, 3)), np.ones((2, 2)), rng)
    with pytest.raises(ValueError, match="above 0"):
        ratio_interval(np.ones(2), np.array([1.0, 0.0]), rng)


def test_bad_values() -> None:
    with pytest.raises(ValueError, match="finite values"):
        mean_interval(np.array([1.0, np.nan]), np.random.default_rng(0))

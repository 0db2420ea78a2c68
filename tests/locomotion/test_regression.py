"""Reading a number from a window: found where it is, not found where it is not."""

import numpy as np
import pytest

from sim_bridges.locomotion.regression import RegressionConfig, held_out_predictions, r_squared

QUICK = RegressionConfig(folds=3, width=32, epochs=15, batch=128, rate=3e-3, dropout=0.0)


def test_what_is_there_is_found_and_an_episodes_name_is_not_learned() -> None:
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(60), 20)
    truth = rng.uniform(0, 1, 60)[groups][:, None]
    # Columns that name the episode help on known episodes only.
    named = rng.standard_normal((60, 4))[groups]
    told = np.column_stack((truth + 0.1 * rng.standard_normal(truth.shape), named))
    assert r_squared(truth, held_out_predictions(told, truth, groups, QUICK)) > 0.6
    assert r_squared(truth, held_out_predictions(named, truth, groups, QUICK)) < 0.15


def test_too_few_episodes_are_refused() -> None:
    with pytest.raises(ValueError, match="3 episodes are too few"):
        held_out_predictions(np.zeros((3, 2)), np.zeros((3, 1)), np.arange(3), QUICK)


def test_two_folds_leave_nothing_to_learn_from_and_are_refused() -> None:
    with pytest.raises(ValueError, match="folds must be at least 3"):
        RegressionConfig(folds=2)


def test_r_squared_of_the_mean_is_nothing_and_of_the_truth_is_one() -> None:
    truth = np.arange(10.0)[:, None]
    assert r_squared(truth, truth) == 1.0
    assert r_squared(truth, np.full_like(truth, truth.mean())) == 0.0

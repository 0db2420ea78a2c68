"""Choices among sequences."""

from __future__ import annotations

import numpy as np
import pytest

from hyperdynamics_core.evaluation.plan_choice import choose, summarise_choices

TRUE = np.array([1.0, 4.0, 2.0, -3.0])


def test_a_perfect_model_gains_all_and_overrates_nothing() -> None:
    choice = choose(TRUE, TRUE)
    assert choice.gained == choice.best == 3.0
    assert (choice.rank_correlation, choice.overrated, choice.bias) == (pytest.approx(1.0), 0.0, 0.0)


def test_what_a_wrong_choice_costs() -> None:
    choice = choose([2.0, 3.0, 7.0, 0.0], TRUE)
    assert (choice.gained, choice.best, choice.overrated, choice.bias) == (1.0, 3.0, 5.0, 2.0)


def test_the_reverse_order_is_a_rank_correlation_of_minus_one() -> None:
    assert choose(-TRUE, TRUE).rank_correlation == pytest.approx(-1.0)


def test_predictions_that_are_all_alike_say_nothing() -> None:
    assert choose(np.zeros(4), TRUE).rank_correlation == 0.0


def test_what_diverged_is_left_out_and_what_is_predicted_to_is_not_chosen() -> None:
    assert choose([9.0, 1.0, 2.0], [-np.inf, 1.0, 3.0]).gained == 1.0
    choice = choose([-np.inf, 1.0, 0.0], [3.0, 1.0, 2.0])
    assert choice.gained == -1.0 and choice.bias == pytest.approx((0.0 - 2.0) / 2)


@pytest.mark.parametrize(
    ("predicted", "true", "message"),
    [
        ([1.0], [1.0, 2.0], "must be of the same sequences"),
        ([1.0, 2.0], [1.0, -np.inf], "needs two sequences or more"),
        ([np.nan, 2.0], [1.0, 2.0], "returns that are numbers"),
    ],
)
def test_what_makes_no_choice(predicted: list[float], true: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        choose(predicted, true)


def test_the_share_is_of_all_episodes_together() -> None:
    perfect, worst = choose(TRUE, TRUE), choose(-TRUE, TRUE)
    figures = summarise_choices([[perfect, perfect], [worst]])
    assert figures["share"] == pytest.approx((3.0 - 4.0) / 6.0)
    assert (figures["choices"], figures["trials"]) == (3, 2)
    low, high = figures["share_ci95"]
    assert low == pytest.approx(-4.0 / 3.0) and high == pytest.approx(1.0)


def test_an_episode_without_a_choice_is_refused() -> None:
    with pytest.raises(ValueError, match="one choice or more"):
        summarise_choices([[choose(TRUE, TRUE)], []])

"""Hidden properties: drawn from their intervals, refused where they make no sense."""

import numpy as np
import pytest

from sim_bridges.locomotion.properties import Property, choices

RATIO = Property("ratio", "1", seen=((0.2, 0.8),), novel=((0.0, 0.1), (0.9, 1.2)), limits=(0.0, 5.0))


def test_draws_spread_over_all_intervals_by_their_length() -> None:
    rng = np.random.default_rng(0)
    drawn = np.array([RATIO.draw("novel", rng) for _ in range(2000)])
    low, high = drawn <= 0.1, drawn >= 0.9
    assert (low | high).all() and drawn.min() >= 0.0 and drawn.max() <= 1.2
    assert 0.2 < low.mean() < 0.3
    seen = np.array([RATIO.draw("seen", rng) for _ in range(500)])
    assert 0.2 <= seen.min() < 0.25 and 0.75 < seen.max() <= 0.8


def test_choices_are_drawn_alike() -> None:
    rng = np.random.default_rng(0)
    joint = Property("joint", "1", seen=choices(0, 2, 5), novel=choices(1), limits=(-1.0, 5.0), whole=True)
    drawn = [joint.draw("seen", rng) for _ in range(900)]
    assert set(drawn) == {0, 2, 5} and all(250 < drawn.count(value) < 350 for value in (0, 2, 5))
    assert joint.draw("novel", rng) == 1


@pytest.mark.parametrize("value", [-0.1, 5.1, float("nan"), float("inf")])
def test_values_outside_physical_sense_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="no physical sense; give 0 to 5"):
        RATIO.check(value)


def test_half_a_joint_is_refused() -> None:
    joint = Property("joint", "1", seen=choices(0), novel=choices(1), limits=(-1.0, 5.0), whole=True)
    assert joint.check(3.0) == 3.0
    with pytest.raises(ValueError, match="whole number"):
        joint.check(2.5)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (0.2, "seen"),
        (0.5, "seen"),
        (0.05, "novel"),
        (1.2, "novel"),
        (1.3, "novel"),
        (0.15, "between"),
        (0.85, "between"),
    ],
)
def test_training_has_seen_a_value_or_not(value: float, kind: str) -> None:
    assert RATIO.known(value) == kind


def test_no_joint_lies_between_two() -> None:
    joint = Property("joint", "1", seen=choices(0, 2), novel=choices(1), limits=(-1.0, 5.0), whole=True)
    assert [joint.known(value) for value in (-1.0, 0.0, 1.0, 2.0, 3.0)] == ["novel", "seen", "novel", "seen", "novel"]

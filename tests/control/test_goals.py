import math

import pytest

from hyperdynamics_core.control.goals import InvalidGoal, check_goal
from hyperdynamics_core.planning.geometry import Workspace

SPACE = Workspace(reach_min=0.25, reach_max=0.79)


def test_a_goal_on_the_table_is_accepted():
    check_goal((0.1, -0.2), 0.04, SPACE)


@pytest.mark.parametrize(
    ("goal", "tolerance", "words"),
    [
        ((math.inf, 0.0), 0.04, "two finite numbers"),
        ((0.0, 0.0, 0.0), 0.04, "two finite numbers"),
        ((0.28, 0.0), 0.04, r"\(0.280, 0.000\) m is too near the table's edge .* at most 0.270 m"),
        ((0.27, 0.27), 0.04, "out of the rod's reach"),
        ((-0.27, 0.0), 0.04, "out of the rod's reach"),
        ((0.0, 0.0), 0.0, "tolerance"),
        ((0.0, 0.0), math.nan, "tolerance"),
    ],
)
def test_others_are_refused_with_the_rule_they_break(goal, tolerance, words):
    with pytest.raises(InvalidGoal, match=words):
        check_goal(goal, tolerance, SPACE)

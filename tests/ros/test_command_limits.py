"""What the controller never sends to an arm, whatever was planned."""

from __future__ import annotations

import numpy as np
import pytest

from hyperdynamics_ros.checks import MessageRefused
from hyperdynamics_ros.command_limits import CommandLimits

LIMITS = CommandLimits(longest=0.15, half=0.4, height=0.35)
CENTRE = (0.0, 0.0, 0.012)


def check(displacement, tip=CENTRE):
    LIMITS.check(np.array(displacement), np.array(tip))


@pytest.mark.parametrize(
    ("displacement", "tip"),
    [
        ((0.06, 0.0, 0.0), CENTRE),
        ((0.15, 0.0, 0.0), CENTRE),
        ((0.0, 0.0, 0.0), CENTRE),
        ((0.1, 0.0, 0.0), (0.3, 0.0, 0.1)),
        ((0.0, 0.0, 0.1), (0.0, 0.0, 0.25)),
        ((-0.05, 0.0, 0.0), (0.5, 0.0, 0.1)),  # back, though not yet inside
        ((0.0, 0.05, 0.0), (0.5, 0.0, 0.1)),  # no farther out
        ((0.0, 0.0, -0.1), (0.0, 0.0, 0.6)),
    ],
)
def test_good_commands_pass(displacement, tip):
    check(displacement, tip)


@pytest.mark.parametrize(
    ("displacement", "tip", "words"),
    [
        ((float("nan"), 0.0, 0.0), CENTRE, "displacement.*finite"),
        ((0.0, float("inf"), 0.0), CENTRE, "finite"),
        ((0.1, 0.1, 0.1), CENTRE, r"length of the displacement is 0\.1732 m: must be at most 0\.15 m; .*max_displace"),
        ((0.1, 0.0, 0.0), (0.35, 0.0, 0.1), r"target of the rod's tip is \[0\.45, 0\.0, 0\.1\] m: must keep \|x\|"),
        ((0.0, -0.1, 0.0), (0.0, -0.35, 0.1), r"\|y\| <= 0\.4 m.*; set the goal farther .*workspace_half"),
        ((0.0, 0.0, 0.1), (0.0, 0.0, 0.3), "height of at most 0.35 m"),
        ((0.05, 0.0, 0.0), (0.5, 0.0, 0.1), "target"),  # farther out from outside
    ],
)
def test_what_is_refused_is_named_with_rule_and_remedy(displacement, tip, words):
    with pytest.raises(MessageRefused, match=words):
        check(displacement, tip)


def test_rounding_is_no_reason():
    check((0.15 + 1e-8, 0.0, 0.0))
    check((0.1, 0.0, 0.0), (0.3 + 1e-8, 0.0, 0.1))

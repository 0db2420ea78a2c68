"""What the goal sender of the launch file accepts."""

from __future__ import annotations

import pytest

from hyperdynamics_cli.demo.push_client import parse_goal


def test_goals() -> None:
    assert parse_goal("random") is None
    assert parse_goal("0.1,-0.05") == (0.1, -0.05)


@pytest.mark.parametrize("words", ["", "0.1", "a,b", "1,2,3", "nan,0", "inf,0"])
def test_refused(words: str) -> None:
    with pytest.raises(ValueError, match="goal is"):
        parse_goal(words)

"""What the goal sender of the launch file accepts."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from hyperdynamics_cli.demo.push_client import parse_goal, read_settings


def test_goals() -> None:
    assert parse_goal("random") is None
    assert parse_goal("0.1,-0.05") == (0.1, -0.05)


@pytest.mark.parametrize("words", ["", "0.1", "a,b", "1,2,3", "nan,0", "inf,0"])
def test_refused(words: str) -> None:
    with pytest.raises(ValueError, match="goal is"):
        parse_goal(words)


class Given:
    """Stands in for a node that was given parameters."""

    def __init__(self, **values: object) -> None:
        self.values = values

    def declare_parameter(self, name: str, default: object) -> SimpleNamespace:
        return SimpleNamespace(value=self.values.get(name, default))


def test_a_video_is_of_the_simulated_robot() -> None:
    assert read_settings(Given(record_video="x.mp4")).video == Path("x.mp4")
    assert read_settings(Given(goal="0.1,0", simulated=False)).video is None
    with pytest.raises(ValueError, match="record_video:=x.mp4 needs the simulated robot"):
        read_settings(Given(goal="0.1,0", simulated=False, record_video="x.mp4"))

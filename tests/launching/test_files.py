"""Names, arguments and descriptions of launch files."""

from __future__ import annotations

import pytest

from hyperdynamics_ros.launching.errors import LaunchError
from hyperdynamics_ros.launching.files import describe_arguments, find_launch_file, parse_arguments
from tests.launching.conftest import WriteLaunch


def test_by_path_and_not_at_all(write_launch: WriteLaunch) -> None:
    file = write_launch("")
    assert find_launch_file(str(file)) == file.resolve()
    with pytest.raises(LaunchError, match="'nope' is neither a file nor one of our launch files"):
        find_launch_file("nope")


def test_arguments() -> None:
    assert parse_arguments(["a:=1", "b:=x:=y", "c:="]) == {"a": "1", "b": "x:=y", "c": ""}
    for words in (["a=1"], [":=1"], ["a:=1", "a:=2"]):
        with pytest.raises(LaunchError):
            parse_arguments(words)


def test_description(write_launch: WriteLaunch) -> None:
    file = write_launch("""
        <arg name="robot" default="arm" description="Which robot."><choice value="arm"/></arg>
        <group><arg name="needed"/></group>""")
    text = describe_arguments(file)
    for part in ("robot", "Which robot.", "one of: arm", "default: 'arm'", "needed", "has to be given"):
        assert part in text

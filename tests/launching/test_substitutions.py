"""Substitutions give what ROS 2 gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from hyperdynamics_ros.launching.packages import package_share
from hyperdynamics_ros.launching.substitutions import Scope, substitute

SCOPE = Scope({"robot": "arm", "yes": "true", "name": "robot"}, {"HOME": "/home/me"}, Path("/files/a.launch.xml"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("", ""),
        ("a $(var robot) b", "a arm b"),
        ("$(var $(var name))", "arm"),
        ("$(var missing 'a b')", "a b"),
        ("$(env HOME)/x", "/home/me/x"),
        ("$(env NOT_SET_ANYWHERE here)", "here"),
        ("$(env NOT_SET_ANYWHERE '')", ""),
        ("$(dirname)/b", "/files/b"),
        ("$(filename)", "/files/a.launch.xml"),
        ("$(equals $(var robot) arm)", "true"),
        ("$(equals '$(var robot)' 'leg')", "false"),
        ("$(equals true 1)", "true"),
        ("$(equals 1.0 1.00)", "true"),
        ("$(not-equals a b)", "true"),
        ("$(not $(var yes))", "false"),
        ("$(and true $(equals a b))", "false"),
        ("$(or false 1)", "true"),
        ("$(all true true false)", "false"),
        ("$(any false false true)", "true"),
        ("$(if $(var yes) one two)", "one"),
        ("$(if false one)", ""),
        (r"\$(var robot)", "$(var robot)"),
        ("cost: 5$", "cost: 5$"),
        ("it's (fine)", "it's (fine)"),
    ],
)
def test_value(text: str, expected: str) -> None:
    assert substitute(text, SCOPE) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("$(eval 1+1)", "eval"),
        ("$(command rm)", "command"),
        ("$(var missing)", "missing"),
        ("$(env NOT_SET_ANYWHERE)", "NOT_SET_ANYWHERE"),
        ("$(var robot", "closing bracket"),
        ("$(var 'robot)", "closing '"),
        ("$(equals a)", "takes 2 arguments, got 1"),
        ("$(not maybe)", "'maybe' is neither true"),
        ("$(or true maybe)", "'maybe' is neither true"),
        ("$()", "without a name"),
        ("$(find-pkg-share no_such_package_anywhere)", "no_such_package_anywhere"),
    ],
)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        substitute(text, SCOPE)


def test_share_folder_has_our_launch_files() -> None:
    assert (package_share("hyperdynamics") / "launch").is_dir()
    assert substitute("$(find-pkg-share hyperdynamics)/launch", SCOPE) == str(package_share("hyperdynamics") / "launch")

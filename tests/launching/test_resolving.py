"""Launch file and arguments to processes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from hyperdynamics_ros.launching.errors import LaunchError
from hyperdynamics_ros.launching.resolving import join_namespace, resolve
from tests.launching.conftest import WriteLaunch

Package = Callable[[str, str], None]


def test_arguments_conditions_scopes(write_launch: WriteLaunch) -> None:
    file = write_launch("""
        <arg name="who" default="world"/>
        <arg name="loud" default="false"/>
        <group>
          <let name="who" value="inner"/>
          <set_env name="SECRET" value="x"/>
          <executable cmd="echo $(var who)"/>
        </group>
        <executable cmd="echo $(var who)" if="$(var loud)"/>
        <executable cmd="echo 'two words' quiet" unless="$(var loud)" output="screen"/>""")
    inner, quiet = resolve(file, {"who": "me"})
    assert inner.command == ("echo", "inner") and inner.environment["SECRET"] == "x" and not inner.screen
    assert quiet.command == ("echo", "two words", "quiet") and "SECRET" not in quiet.environment and quiet.screen
    assert [plan.command[-1] for plan in resolve(file, {"loud": "1"})] == ["inner", "world"]
    assert [plan.label for plan in resolve(file, {})] == ["echo-1", "echo-2"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "'needed' has no default; give needed:=VALUE"),
        ({"needed": "c"}, "needed is 'c'; expected one of a, b"),
        ({"needed": "a", "nedeed": "a"}, "no argument 'nedeed'; did you mean 'needed'"),
    ],
)
def test_wrong_arguments(write_launch: WriteLaunch, arguments: dict[str, str], message: str) -> None:
    file = write_launch('<arg name="needed"><choice value="a"/><choice value="b"/></arg>')
    with pytest.raises(LaunchError, match=message):
        resolve(file, arguments)


def test_include_passes_arguments_and_its_own_folder(write_launch: WriteLaunch) -> None:
    write_launch('<arg name="x" default="0"/><executable cmd="echo $(var x) $(filename)"/>', "inner.launch.xml")
    outer = write_launch('<include file="$(dirname)/inner.launch.xml"><arg name="x" value="7"/></include>')
    (plan,) = resolve(outer, {})
    assert plan.command == ("echo", "7", str(outer.with_name("inner.launch.xml")))


def test_include_errors(write_launch: WriteLaunch) -> None:
    for body, message in (
        ('<include file="$(filename)"/>', "include itself"),
        ('<include file="a.launch.py"/>', "only launch files in XML"),
        ('<include file="/nowhere/a.launch.xml"/>', "does not exist"),
    ):
        with pytest.raises(LaunchError, match=message):
            resolve(write_launch(body), {})


def test_node_command_line(write_launch: WriteLaunch, package: Package, tmp_path: Path) -> None:
    package("toy", "")
    (tmp_path / "a.yaml").write_text("/**:\n  ros__parameters: {name: $(var who)}\n")
    file = write_launch("""
        <arg name="who" default="me"/>
        <push_ros_namespace namespace="left"/>
        <node pkg="toys" exec="toy" name="n" namespace="arm" args="-v">
          <param from="$(dirname)/a.yaml" allow_substs="true"/>
          <param name="gain" value="20" type="float"/>
          <param name="count" value="20"/>
          <param name="label" value="20" type="str"/>
          <param name="limits"><param name="low" value="1,2" value-sep=","/></param>
          <remap from="a" to="$(var who)"/>
        </node>""")
    (plan,) = resolve(file, {})
    words = [*plan.command, *plan.ros.command(tmp_path)]
    assert words[0].endswith("lib/toys/toy") and words[1:6] == ["-v", "--ros-args", "-r", "__node:=n", "-r"]
    assert words[6] == "__ns:=/left/arm" and words[-2:] == ["-r", "a:=me"]
    files = [Path(words[i + 1]) for i, word in enumerate(words) if word == "--params-file"]
    assert yaml.safe_load(files[0].read_text())["/**"]["ros__parameters"] == {"name": "me"}
    values = {}
    for written in files[1:]:
        values.update(yaml.safe_load(written.read_text())["/left/arm/n"]["ros__parameters"])
    assert values == {"gain": 20.0, "count": 20, "label": "20", "limits": {"low": [1, 2]}}
    assert isinstance(values["gain"], float) and isinstance(values["count"], int)


def test_unknown_package_executable_and_parameter_file(write_launch: WriteLaunch, package: Package) -> None:
    package("toy", "")
    for body, message in (
        ("<node pkg='nope' exec='toy'/>", "package 'nope' was not found|has no executable"),
        ("<node pkg='toys' exec='nope'/>", "no executable 'nope'; it has toy"),
        ("<node pkg='toys' exec='toy'><param from='/nowhere.yaml'/></node>", "/nowhere.yaml does not exist"),
        ("<node pkg='toys' exec='toy'><param name='x' value='a' type='int'/></node>", "parameter 'x'"),
        ("<node pkg='toys' exec='toy' output='nowhere'/>", "output is 'nowhere'"),
    ):
        with pytest.raises(LaunchError, match=message) as error:
            resolve(write_launch(body), {})
        assert "test.launch.xml:2: " in str(error.value)


def test_our_nodes_are_found_without_an_install() -> None:
    from hyperdynamics_ros.launching.packages import executable_command

    command = executable_command("hyperdynamics", "perception")
    assert command[0] == sys.executable or command[0].endswith("perception")


def test_join_namespace() -> None:
    assert [join_namespace(*pair) for pair in (("", ""), ("/a", "b"), ("/a", "/b"), ("", "b/"))] == [
        "",
        "/a/b",
        "/b",
        "/b",
    ]

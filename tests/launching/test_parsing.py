"""What the runner does not support is refused by name, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from hyperdynamics_ros.launching.actions import Group, Node, Param, ParamFile
from hyperdynamics_ros.launching.errors import LaunchError
from hyperdynamics_ros.launching.parsing import parse_file
from tests.launching.conftest import WriteLaunch


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("<group/>\n<timer period='1'/>", ":3: <timer> is not supported"),
        ("<group><node_container pkg='a' exec='b'/></group>", "<node_container> is not supported"),
        ("<node pkg='a' exec='b' launch-prefix='gdb'/>", "attribute 'launch-prefix' is not supported"),
        ("<node pkg='a'/>", "attribute 'exec' is missing"),
        ("<node pkg='a' exec='b'><composable/></node>", "<composable> is not supported inside <node>"),
        ("<node pkg='a' exec='b' on_exit='cry'/>", "only 'shutdown' is supported"),
        ("<node pkg='a' exec='b' respawn_delay='soon'/>", "expected a number of seconds"),
        ("<node pkg='a' exec='b'><param name='x'/></node>", "needs either a value"),
        ("<node pkg='a' exec='b'><param name='x' value='1' type='double'/></node>", "type 'double'"),
        ("<node pkg='a' exec='b' if='1' unless='0'/>", "'if' and 'unless' together"),
        ("<group scoped='maybe'/>", "'maybe' is neither"),
        ("hello", "text 'hello'"),
        ("<node", "not well-formed XML"),
    ],
)
def test_refused(write_launch: WriteLaunch, body: str, message: str) -> None:
    file = write_launch(body)
    with pytest.raises(LaunchError) as error:
        parse_file(file)
    assert message in str(error.value)
    assert str(error.value).startswith(f"{file}:")


def test_other_roots_document_types_and_missing_files(tmp_path: Path) -> None:
    file = tmp_path / "a.xml"
    for text, message in (("<robot/>", "found <robot>"), ("<!DOCTYPE launch><launch/>", "DOCTYPE"), ("", "no element")):
        file.write_text(text)
        with pytest.raises(LaunchError, match=message):
            parse_file(file)
    with pytest.raises(LaunchError, match="cannot be read"):
        parse_file(tmp_path / "missing.xml")


def test_node_in_full(write_launch: WriteLaunch) -> None:
    (group,) = parse_file(
        write_launch("""
        <group scoped="false" if="$(var x)">
          <node pkg="p" exec="e" name="n" namespace="ns" output="screen" respawn="true" respawn_delay="1.5"
                on_exit="shutdown" args="-v">
            <param from="$(dirname)/a.yaml"/>
            <param name="gain" value="20" type="float"/>
            <param name="limits"><param name="low" value="1"/></param>
            <remap from="a" to="b"/>
            <env name="K" value="v"/>
          </node>
        </group>""")
    )
    assert isinstance(group, Group) and not group.scoped and group.if_ == "$(var x)"
    (node,) = group.actions
    assert isinstance(node, Node)
    assert (node.package, node.executable, node.respawn_delay, node.on_exit) == ("p", "e", 1.5, "shutdown")
    file, gain, limits = node.parameters
    assert isinstance(file, ParamFile) and isinstance(gain, Param) and isinstance(limits, Param)
    assert (gain.value, gain.type, limits.children[0].name) == ("20", "float", "low")
    assert node.location.line == 3

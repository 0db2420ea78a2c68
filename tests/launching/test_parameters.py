"""Types of parameters survive."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from hyperdynamics_ros.launching.parameters import Value, merge, typed_value, write_parameters


@pytest.mark.parametrize(
    ("text", "type_name", "separator", "expected"),
    [
        ("20", "float", None, 20.0),
        ("20", None, None, 20),
        ("20.5", None, None, 20.5),
        ("true", None, None, True),
        ("1", "bool", None, True),
        ("20", "str", None, "20"),
        ("", None, None, ""),
        ("hello world", None, None, "hello world"),
        ("[1, 2]", "list_of_float", None, [1.0, 2.0]),
        ("[1, 2]", None, None, [1, 2]),
        ("1;2", "list_of_float", ";", [1.0, 2.0]),
        ("a; b", None, ";", ["a", "b"]),
        ("[a, b]", "yaml", None, ["a", "b"]),
    ],
)
def test_value(text: str, type_name: str | None, separator: str | None, expected: Value) -> None:
    value = typed_value(text, type_name, separator)
    assert value == expected and type(value) is type(expected)
    if isinstance(value, list) and isinstance(expected, list):
        assert [type(item) for item in value] == [type(item) for item in expected]


@pytest.mark.parametrize(
    ("text", "type_name", "words"),
    [
        ("a", "float", "'a' is not a number such as 0.5"),
        ("1.5", "int", "'1.5' is not a whole number"),
        ("", "int", "'' is not a whole number"),
        ("yes", "bool", "'yes' is not true"),
        ("a", "list_of_int", "'a' is not a list"),
        ("[1, a]", "list_of_int", "'a' is not a whole number"),
        ("[1, a]", None, "different types"),
        ("{a: 1}", None, "neither text"),
        ("[", None, "cannot be read as YAML"),
    ],
)
def test_refused(text: str, type_name: str | None, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        typed_value(text, type_name, None)


def test_file_keeps_types(tmp_path: Path) -> None:
    file = write_parameters({"a": 20.0, "b": "20", "c": {"d": True}}, "/n", tmp_path)
    assert yaml.safe_load(file.read_text()) == {"/n": {"ros__parameters": {"a": 20.0, "b": "20", "c": {"d": True}}}}


def test_merge_goes_into_nested_ones() -> None:
    assert merge([{"a": {"x": 1}}, {"a": {"y": 2}}, {"b": 3}]) == {"a": {"x": 1, "y": 2}, "b": 3}

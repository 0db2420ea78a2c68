"""Values of ``<param>``: typed, and written to a file so that the type survives on its way to the node."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import yaml

from hyperdynamics_ros.launching.reading import to_bool

Scalar = str | bool | int | float
Value = str | bool | int | float | list[Scalar] | dict[str, "Value"]
"""A parameter's value; dictionaries are nested parameters."""

_SCALARS: dict[str, Callable[[str], Scalar]] = {"str": str, "bool": to_bool, "int": int, "float": float}


_RULES = {
    "bool": "true (or 1) or false (or 0)",
    "int": "a whole number such as 20",
    "float": "a number such as 0.5",
}


def typed_value(text: str, type_name: str | None, separator: str | None) -> Value:
    """Value of a parameter from its text, after substitutions.

    Without a type it is what YAML makes of the text, as in ROS 2: ``20`` is an integer, ``20.0`` a float.

    Raises:
        ValueError: the text is not of that type.
    """
    if type_name is not None and type_name in _SCALARS:
        return _scalar(text, type_name)
    items = None if separator is None else [item.strip() for item in text.split(separator)]
    if type_name is not None and type_name.startswith("list_of_"):
        return _typed_list(items if items is not None else _yaml(text), type_name.removeprefix("list_of_"))
    if items is not None:
        return _plain([_yaml(item) for item in items])
    return _plain(_yaml(text))


def _scalar(text: str, type_name: str) -> Scalar:
    try:
        return _SCALARS[type_name](text)
    except ValueError:
        raise ValueError(f"{text!r} is not {_RULES[type_name]}; correct it where it is given") from None


def _typed_list(items: object, type_name: str) -> Value:
    if not isinstance(items, list):
        raise ValueError(f"{items!r} is not a list; write [a, b] or give value-sep")
    return [_scalar(str(item), type_name) for item in items]


def _yaml(text: str) -> object:
    try:
        return yaml.safe_load(text) if text else ""
    except yaml.YAMLError as error:
        raise ValueError(f"{text!r} cannot be read as YAML; give type='str' if it is text") from error


def _plain(value: object) -> Value:
    """Only what ROS 2 knows as a parameter: scalars and lists of one type."""
    if isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, list) and value and isinstance(value[0], (str, bool, int, float)):
        if all(type(item) is type(value[0]) for item in value):
            return list(value)
        raise ValueError(f"items of {value!r} have different types; give a type")
    raise ValueError(f"{value!r} is neither text, truth value, number nor a list of them")


def write_parameters(values: Mapping[str, Value], node: str, folder: Path) -> Path:
    """Write parameters for one node (its full name, or ``/**`` for any) as a ROS 2 parameter file."""
    content = yaml.safe_dump({node: {"ros__parameters": dict(values)}}, default_flow_style=False, sort_keys=False)
    return write_text(content, folder)


def write_text(content: str, folder: Path) -> Path:
    """Write a parameter file under a new name in a folder."""
    with tempfile.NamedTemporaryFile("w", prefix="parameters_", suffix=".yaml", dir=folder, delete=False) as file:
        file.write(content)
    return Path(file.name)


def merge(sets: Sequence[Mapping[str, Value]]) -> dict[str, Value]:
    """One dictionary; later ones win, nested ones are merged."""
    merged: dict[str, Value] = {}
    for values in sets:
        for name, value in values.items():
            before = merged.get(name)
            merged[name] = merge([before, value]) if isinstance(before, dict) and isinstance(value, dict) else value
    return merged

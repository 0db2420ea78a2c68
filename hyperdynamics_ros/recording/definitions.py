"""Message types by name: their class, their hash, and the whole text of their definition as rosbag2 stores it."""

from __future__ import annotations

import importlib
import json
import os
import re
import sys
from functools import cache
from pathlib import Path

from hyperdynamics_ros.recording.errors import BagError

_SEPARATOR = "=" * 80
_BUILTIN = re.compile(r"(bool|byte|char|float32|float64|u?int(8|16|32|64)|w?string)$")
_FIELD = re.compile(r"^\s*([A-Za-z][\w/]*)(?:<=\d+)?(?:\[[^\]]*\])?\s+[A-Za-z]\w*")


def message_class(type_name: str) -> type:
    """The Python class of a type such as nav_msgs/msg/Odometry.

    Raises:
        BagError: no such message is installed.
    """
    try:
        package, folder, name = type_name.split("/")
        if folder != "msg":
            raise ValueError(folder)
        found = getattr(importlib.import_module(f"{package}.msg"), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise BagError(
            f"message type {type_name!r} is not installed here; install its package, or leave the topic out"
        ) from error
    assert isinstance(found, type)
    return found


@cache
def type_hash(type_name: str) -> str:
    """The RIHS01 hash of the type as it is installed here; empty where the package does not say.

    Raises:
        BagError: no such message is installed.
    """
    described = interface_file(type_name).with_suffix(".json")
    if not described.is_file():
        return ""
    hashes = json.loads(described.read_text())["type_hashes"]
    return str(next((one["hash_string"] for one in hashes if one["type_name"] == type_name), ""))


@cache
def full_definition(type_name: str) -> str:
    """A type's .msg text, followed by that of every type in it, each once, under rosbag2's separator.

    Raises:
        BagError: one of the types is not installed.
    """
    texts: dict[str, str] = {}
    waiting = [type_name]
    while waiting:
        name = waiting.pop(0)
        if name not in texts:
            texts[name] = interface_file(name).read_text()
            waiting += field_types(texts[name], name.split("/")[0])
    first, *others = texts.items()
    parts = [f"{_SEPARATOR}\nMSG: {short_name(name)}\n{text}" for name, text in others]
    return "\n".join([first[1], *parts])


def field_types(text: str, package: str) -> list[str]:
    """The message types that a .msg text uses, in order, each as package/msg/Name."""
    found = []
    for line in text.splitlines():
        field = _FIELD.match(line.split("#")[0])
        if field and not _BUILTIN.match(field[1]):
            found.append(_qualified(field[1], package))
    return found


def short_name(type_name: str) -> str:
    """nav_msgs/Odometry, as definitions name nav_msgs/msg/Odometry."""
    package, _, name = type_name.split("/")
    return f"{package}/{name}"


def interface_file(type_name: str) -> Path:
    """The installed .msg file of a type.

    Raises:
        BagError: there is none.
    """
    package, _, name = type_name.split("/")
    prefixes = os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep) + [sys.prefix]
    for prefix in filter(None, prefixes):
        file = Path(prefix) / "share" / package / "msg" / f"{name}.msg"
        if file.is_file():
            return file
    raise BagError(f"the definition of {type_name} is not installed; install {package}, or leave the topic out")


def _qualified(name: str, package: str) -> str:
    if name == "Header":
        return "std_msgs/msg/Header"
    parts = name.split("/")
    return f"{parts[0]}/msg/{parts[-1]}" if len(parts) > 1 else f"{package}/msg/{name}"

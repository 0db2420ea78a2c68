"""Elements to typed actions. Nothing is evaluated here; everything unknown is refused by name, file and line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hyperdynamics_ros.launching.actions import (
    AnyAction,
    Arg,
    Executable,
    Group,
    Include,
    Let,
    Node,
    Param,
    ParamFile,
    PushNamespace,
    Remap,
    SetEnv,
)
from hyperdynamics_ros.launching.errors import LaunchError
from hyperdynamics_ros.launching.reading import Reading
from hyperdynamics_ros.launching.xml_reader import Element, read_xml

PARAM_TYPES = ("str", "bool", "int", "float", "list_of_str", "list_of_bool", "list_of_int", "list_of_float", "yaml")
"""Types of ``<param>``, as ROS 2 names them."""


def parse_file(file: Path) -> tuple[AnyAction, ...]:
    """Read a launch file into actions.

    Raises:
        LaunchError: not readable, not well-formed, or something in it is not supported.
    """
    reading = Reading(read_xml(file))
    reading.optional("version")
    actions = _actions(reading)
    reading.finish()
    return actions


def _actions(reading: Reading) -> tuple[AnyAction, ...]:
    return tuple(_action(child) for child in reading.all_children())


def _action(element: Element) -> AnyAction:
    parse = _PARSERS.get(element.tag)
    if parse is None:
        known = ", ".join(f"<{tag}>" for tag in _PARSERS)
        raise LaunchError(f"<{element.tag}> is not supported; supported are {known}", element.location)
    reading = Reading(element)
    action = parse(reading)
    reading.finish()
    return action


def _common(reading: Reading) -> dict[str, Any]:
    """What every action has; both conditions at once are refused, as ROS 2 does."""
    if_, unless = reading.optional("if"), reading.optional("unless")
    if if_ is not None and unless is not None:
        raise reading.error("'if' and 'unless' together; use one of them")
    return {"location": reading.location, "if_": if_, "unless": unless}


def _arg(reading: Reading) -> Arg:
    return Arg(
        **_common(reading),
        name=reading.required("name"),
        default=reading.optional("default"),
        description=reading.optional("description") or "",
        choices=tuple(_choice(child) for child in reading.children("choice")),
    )


def _choice(element: Element) -> str:
    reading = Reading(element)
    value = reading.required("value")
    reading.finish()
    return value


def _let(reading: Reading) -> Let:
    return Let(**_common(reading), name=reading.required("name"), value=reading.required("value"))


def _plain_let(element: Element) -> Let:
    """Name and value without conditions: ``<env>`` of a node, ``<arg>`` of an include."""
    reading = Reading(element)
    action = Let(reading.location, None, None, reading.required("name"), reading.required("value"))
    reading.finish()
    return action


def _set_env(reading: Reading) -> SetEnv:
    return SetEnv(**_common(reading), name=reading.required("name"), value=reading.required("value"))


def _unset_env(reading: Reading) -> SetEnv:
    return SetEnv(**_common(reading), name=reading.required("name"), value=None)


def _push_namespace(reading: Reading) -> PushNamespace:
    return PushNamespace(**_common(reading), namespace=reading.required("namespace"))


def _group(reading: Reading) -> Group:
    return Group(**_common(reading), scoped=reading.boolean("scoped", True), actions=_actions(reading))


def _include(reading: Reading) -> Include:
    arguments = tuple(_plain_let(child) for child in reading.children("arg"))
    return Include(**_common(reading), file=reading.required("file"), arguments=arguments)


def _process(reading: Reading) -> dict[str, Any]:
    """What nodes and executables share."""
    on_exit = reading.optional("on_exit")
    if on_exit not in (None, "shutdown"):
        raise reading.error(f"on_exit is {on_exit!r}; only 'shutdown' is supported")
    return {
        **_common(reading),
        "name": reading.optional("name"),
        "output": reading.optional("output") or "log",
        "cwd": reading.optional("cwd"),
        "respawn": reading.optional("respawn") or "false",
        "respawn_delay": reading.seconds("respawn_delay"),
        "on_exit": on_exit,
        "environment": tuple(_plain_let(child) for child in reading.children("env")),
    }


def _node(reading: Reading) -> Node:
    return Node(
        **_process(reading),
        package=reading.required("pkg"),
        executable=reading.required("exec"),
        namespace=reading.optional("namespace") or "",
        arguments=reading.optional("args") or "",
        parameters=tuple(_param(child) for child in reading.children("param")),
        remaps=tuple(_remap(child) for child in reading.children("remap")),
    )


def _executable(reading: Reading) -> Executable:
    return Executable(**_process(reading), command=reading.required("cmd"))


def _param(element: Element) -> Param | ParamFile:
    if "from" not in element.attributes:
        return _value_param(element)
    reading = Reading(element)
    action = ParamFile(
        reading.location, None, None, reading.required("from"), reading.optional("allow_substs") or "false"
    )
    reading.finish()
    return action


def _value_param(element: Element) -> Param:
    reading = Reading(element)
    param = Param(
        location=reading.location,
        if_=None,
        unless=None,
        name=reading.required("name"),
        value=reading.optional("value"),
        type=reading.optional("type"),
        separator=reading.optional("value-sep"),
        children=tuple(_value_param(child) for child in reading.children("param")),
    )
    reading.finish()
    if (param.value is None) == (not param.children):
        raise reading.error(f"parameter {param.name!r} needs either a value or <param> children")
    if param.type is not None and param.type not in PARAM_TYPES:
        raise reading.error(
            f"type {param.type!r} of parameter {param.name!r}; expected one of {', '.join(PARAM_TYPES)}"
        )
    return param


def _remap(element: Element) -> Remap:
    reading = Reading(element)
    action = Remap(reading.location, None, None, reading.required("from"), reading.required("to"))
    reading.finish()
    return action


_PARSERS: dict[str, Callable[[Reading], AnyAction]] = {
    "arg": _arg,
    "let": _let,
    "group": _group,
    "include": _include,
    "node": _node,
    "executable": _executable,
    "set_env": _set_env,
    "unset_env": _unset_env,
    "push_ros_namespace": _push_namespace,
    "push-ros-namespace": _push_namespace,
}

"""What a launch file can ask for, as typed data: values are still texts with substitutions in them."""

from __future__ import annotations

from dataclasses import dataclass

from hyperdynamics_ros.launching.errors import Location


@dataclass(frozen=True)
class Action:
    """Common to all: place, and the condition under which the action counts."""

    location: Location
    """Where it stands."""
    if_: str | None
    """Only when this is true; None: always."""
    unless: str | None
    """Only when this is false; None: always."""


@dataclass(frozen=True)
class Arg(Action):
    """``<arg>``: an argument of the file, settable from the command line and from an include."""

    name: str
    default: str | None
    """None: has to be given."""
    description: str
    choices: tuple[str, ...]
    """Allowed values; empty: any."""


@dataclass(frozen=True)
class Let(Action):
    """``<let>``: gives a variable a value."""

    name: str
    value: str


@dataclass(frozen=True)
class SetEnv(Action):
    """``<set_env>`` and ``<unset_env>``: environment of the processes that follow."""

    name: str
    value: str | None
    """None: remove it."""


@dataclass(frozen=True)
class PushNamespace(Action):
    """``<push_ros_namespace>``: namespace before that of the nodes that follow in the group."""

    namespace: str


@dataclass(frozen=True)
class Group(Action):
    """``<group>``: actions with a scope of their own unless ``scoped`` is false."""

    scoped: bool
    """Whether variables and environment are put back at its end."""
    actions: tuple[AnyAction, ...]


@dataclass(frozen=True)
class Include(Action):
    """``<include>``: another launch file with arguments."""

    file: str
    arguments: tuple[Let, ...]


@dataclass(frozen=True)
class Param(Action):
    """``<param name value type>``, or a nested one whose children carry the values."""

    name: str
    value: str | None
    """None: see children."""
    type: str | None
    """str, bool, int, float, list_of_str, ..., yaml; None: by YAML's rules, as ROS 2 does it."""
    separator: str | None
    """Splits the value into a list; None: one value."""
    children: tuple[Param, ...]


@dataclass(frozen=True)
class ParamFile(Action):
    """``<param from>``: a YAML file of parameters."""

    file: str
    substitute: str
    """Whether substitutions in the file are carried out."""


@dataclass(frozen=True)
class Remap(Action):
    """``<remap from to>``."""

    source: str
    target: str


@dataclass(frozen=True)
class Process(Action):
    """Common to ``<node>`` and ``<executable>``."""

    name: str | None
    output: str
    """log, screen, both."""
    cwd: str | None
    respawn: str
    respawn_delay: float
    """Seconds before it is started again."""
    on_exit: str | None
    """shutdown: everything ends when this process does; None: the rest goes on."""
    environment: tuple[Let, ...]


@dataclass(frozen=True)
class Node(Process):
    """``<node>``: an executable of a ROS 2 package."""

    package: str
    executable: str
    namespace: str
    arguments: str
    """For the executable, before its ROS arguments."""
    parameters: tuple[Param | ParamFile, ...]
    remaps: tuple[Remap, ...]


@dataclass(frozen=True)
class Executable(Process):
    """``<executable>``: any command."""

    command: str


AnyAction = Arg | Let | SetEnv | PushNamespace | Group | Include | Node | Executable

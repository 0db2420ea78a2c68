"""Which launch file is meant, which arguments are given, and which it has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from hyperdynamics_ros.launching.actions import AnyAction, Arg, Group
from hyperdynamics_ros.launching.errors import LaunchError
from hyperdynamics_ros.launching.packages import PACKAGE, package_share
from hyperdynamics_ros.launching.parsing import parse_file

_ENDING = ".launch.xml"


def find_launch_file(name: str) -> Path:
    """A launch file by its path, or one of ours by its name: ``push`` is ``launch/push.launch.xml``.

    Raises:
        LaunchError: there is none.
    """
    path = Path(name)
    if path.is_file():
        return path.resolve()
    folder = package_share(PACKAGE) / "launch"
    own = folder / (name if name.endswith(_ENDING) else name + _ENDING)
    if own.is_file() and own.parent == folder:
        return own
    names = ", ".join(sorted(file.name.removesuffix(_ENDING) for file in folder.glob(f"*{_ENDING}")))
    raise LaunchError(f"{name!r} is neither a file nor one of our launch files ({names or 'none'} in {folder})")


def parse_arguments(words: Iterable[str]) -> dict[str, str]:
    """``key:=value`` words to a dictionary.

    Raises:
        LaunchError: a word has another form, or a key is given twice.
    """
    arguments: dict[str, str] = {}
    for word in words:
        name, separator, value = word.partition(":=")
        if not separator or not name:
            raise LaunchError(f"launch argument {word!r} is not of the form name:=value")
        if name in arguments:
            raise LaunchError(f"launch argument {name!r} is given twice")
        arguments[name] = value
    return arguments


def declared_arguments(file: Path) -> list[Arg]:
    """Arguments that a launch file itself declares; one that a condition narrows down further on stands there once.

    Raises:
        LaunchError: the file cannot be read or something in it is not supported.
    """
    found: dict[str, Arg] = {}
    for arg in _arguments(parse_file(file)):
        found.setdefault(arg.name, arg)
    return list(found.values())


def _arguments(actions: Sequence[AnyAction]) -> Iterator[Arg]:
    for action in actions:
        if isinstance(action, Arg):
            yield action
        elif isinstance(action, Group):
            yield from _arguments(action.actions)


def describe_arguments(file: Path) -> str:
    """The arguments of a launch file for people, with defaults, choices and descriptions."""
    lines = [f"Arguments of {file.name}, given as name:=value:"]
    for arg in declared_arguments(file):
        lines += ["", f"  {arg.name}", *(f"      {line}" for line in _about(arg))]
    return "\n".join(lines)


def _about(arg: Arg) -> Iterator[str]:
    if arg.description:
        yield arg.description
    if arg.choices:
        yield f"one of: {', '.join(arg.choices)}"
    yield "has to be given" if arg.default is None else f"default: {arg.default!r}"

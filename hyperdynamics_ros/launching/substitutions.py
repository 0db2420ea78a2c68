"""``$(name arguments)`` in the values of a launch file, by ROS 2's rules.

A value is text with substitutions in it. Arguments are separated by spaces, may be quoted with ' or ", and may hold
substitutions themselves; ``\\$`` stands for a plain dollar. An unknown substitution is refused by name.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hyperdynamics_ros.launching.packages import package_prefix, package_share
from hyperdynamics_ros.launching.reading import to_bool


@dataclass(frozen=True)
class Scope:
    """What substitutions may look at."""

    variables: Mapping[str, str]
    """Arguments and variables set so far."""
    environment: Mapping[str, str]
    """Environment of the processes that follow."""
    file: Path
    """The launch file being resolved."""


def substitute(text: str, scope: Scope) -> str:
    """Carry out every substitution in a text.

    Raises:
        ValueError: unknown substitution, wrong number of arguments, missing bracket, or a name that does not exist.
    """
    value, end = _until(text, 0, "", scope)
    assert end == len(text)
    return value


def _until(text: str, start: int, stops: str, scope: Scope) -> tuple[str, int]:
    """Value of a text up to one of the stop characters (or its end), and where that is."""
    parts, at = [], start
    while at < len(text) and text[at] not in stops:
        if text[at] == "\\" and at + 1 < len(text) and text[at + 1] in "$()'\"":
            parts.append(text[at + 1])
            at += 2
        elif text.startswith("$(", at):
            value, at = _call(text, at + 2, scope)
            parts.append(value)
        else:
            parts.append(text[at])
            at += 1
    return "".join(parts), at


def _call(text: str, start: int, scope: Scope) -> tuple[str, int]:
    """Value of one substitution whose name begins at start, and the place behind its closing bracket."""
    words: list[str] = []
    at = start
    while True:
        while at < len(text) and text[at] == " ":
            at += 1
        if at >= len(text):
            raise ValueError(f"closing bracket is missing in {text!r}")
        if text[at] == ")":
            return _evaluate(words, text, scope), at + 1
        word, at = _word(text, at, scope)
        words.append(word)


def _word(text: str, at: int, scope: Scope) -> tuple[str, int]:
    quote = text[at]
    if quote not in "'\"":
        return _until(text, at, " )", scope)
    value, end = _until(text, at + 1, quote, scope)
    if end >= len(text):
        raise ValueError(f"closing {quote} is missing in {text!r}")
    return value, end + 1


def _evaluate(words: Sequence[str], text: str, scope: Scope) -> str:
    if not words:
        raise ValueError(f"$() without a name in {text!r}")
    name, *arguments = words
    if name not in _FUNCTIONS:
        known = ", ".join(_FUNCTIONS)
        raise ValueError(f"substitution $({name} ...) is not supported; supported are {known}")
    fewest, most, function = _FUNCTIONS[name]
    if not fewest <= len(arguments) <= most:
        expected = str(fewest) if fewest == most else f"{fewest} or more" if most > 9 else f"{fewest} to {most}"
        raise ValueError(f"$({name}) takes {expected} arguments, got {len(arguments)} in {text!r}")
    return function(arguments, scope)


def _var(arguments: Sequence[str], scope: Scope) -> str:
    name, *default = arguments
    if name in scope.variables:
        return scope.variables[name]
    if not default:
        raise ValueError(f"$(var {name}): no argument or variable {name!r} is declared above")
    return default[0]


def _env(arguments: Sequence[str], scope: Scope) -> str:
    name, *default = arguments
    if name in scope.environment:
        return scope.environment[name]
    if not default:
        raise ValueError(f"$(env {name}): environment variable {name} is not set and no default is given")
    return default[0]


def _text(value: bool) -> str:
    return "true" if value else "false"


def _truths(texts: Sequence[str]) -> list[bool]:
    """Every text is read, so that a wrong one is always noticed."""
    return [to_bool(text) for text in texts]


def _is_bool(text: str) -> bool:
    return text.lower() in ("true", "false", "1", "0")


def _equal(left: str, right: str) -> bool:
    """Truth values and numbers by value, all else by letters."""
    if _is_bool(left) and _is_bool(right):
        return to_bool(left) == to_bool(right)
    try:
        return math.isclose(float(left), float(right))
    except ValueError:
        return left == right


_MANY = 1_000
_Function = Callable[[Sequence[str], Scope], str]
_FUNCTIONS: dict[str, tuple[int, int, _Function]] = {
    "var": (1, 2, _var),
    "env": (1, 2, _env),
    "find-pkg-share": (1, 1, lambda a, _: str(package_share(a[0]))),
    "find-pkg-prefix": (1, 1, lambda a, _: str(package_prefix(a[0]))),
    "dirname": (0, 0, lambda _, scope: str(scope.file.parent)),
    "filename": (0, 0, lambda _, scope: str(scope.file)),
    "equals": (2, 2, lambda a, _: _text(_equal(a[0], a[1]))),
    "not-equals": (2, 2, lambda a, _: _text(not _equal(a[0], a[1]))),
    "not": (1, 1, lambda a, _: _text(not to_bool(a[0]))),
    "and": (2, 2, lambda a, _: _text(all(_truths(a)))),
    "or": (2, 2, lambda a, _: _text(any(_truths(a)))),
    "all": (1, _MANY, lambda a, _: _text(all(_truths(a)))),
    "any": (1, _MANY, lambda a, _: _text(any(_truths(a)))),
    "if": (2, 3, lambda a, _: a[1] if to_bool(a[0]) else (a[2] if len(a) == 3 else "")),
}

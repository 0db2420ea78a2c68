"""The table of commands: a name, the module that does it, one line about it. Nothing heavy is imported here."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from hyperdynamics_cli.errors import UserError


@dataclass(frozen=True)
class Command:
    """One line of the table."""

    words: tuple[str, ...]
    """What is typed after ``hyperdynamics``."""
    module: str
    """Module with a frozen dataclass ``Options`` and a function ``run(options) -> int``."""
    summary: str


COMMANDS = (
    Command(
        ("demo", "push"), "hyperdynamics_cli.demo_push", "push unknown objects to goals through the whole node graph"
    ),
    Command(
        ("demo", "locomotion"),
        "hyperdynamics_cli.demo_locomotion",
        "walk on unknown ground through the node graph",
    ),
    Command(("launch",), "hyperdynamics_cli.launch", "start the nodes of a launch file: launch push object:=mug/05"),
    Command(("collect", "push"), "hyperdynamics_cli.collect_push", "record random pushes in simulation"),
    Command(("collect", "crops"), "hyperdynamics_cli.collect_crops", "render views of objects for the shape encoder"),
    Command(("collect", "scenes"), "hyperdynamics_cli.collect_scenes", "render scenes for the detector"),
    Command(("collect", "locomotion"), "hyperdynamics_cli.collect_locomotion", "record walked episodes"),
    Command(("train", "push"), "hyperdynamics_cli.train_push", "train a method on recorded pushes"),
    Command(("train", "locomotion"), "hyperdynamics_cli.train_locomotion", "train a method on-policy: cheetah or ant"),
    Command(("train", "dynamics"), "hyperdynamics_cli.train_dynamics", "train methods on one set of walked episodes"),
    Command(("train", "vision"), "hyperdynamics_cli.train_vision", "train the detector and the shape encoder"),
    Command(("join",), "hyperdynamics_cli.join", "make an ensemble of models that were trained one by one"),
    Command(("evaluate", "push"), "hyperdynamics_cli.evaluate_push", "prediction error, or success in reaching goals"),
    Command(
        ("evaluate", "locomotion"), "hyperdynamics_cli.evaluate_locomotion", "returns of walks, or prediction errors"
    ),
    Command(("evaluate", "plans"), "hyperdynamics_cli.evaluate_plans", "how well models choose among action sequences"),
    Command(("evaluate", "detector"), "hyperdynamics_cli.evaluate_detector", "detection on held-out scenes"),
    Command(("record",), "hyperdynamics_cli.record", "record topics into a rosbag2 bag: record --out bags/one"),
    Command(("dataset", "from-bag"), "hyperdynamics_cli.dataset_from_bag", "makes sets of recorded walks and pushes"),
    Command(("dataset", "from-run"), "hyperdynamics_cli.dataset_from_run", "makes a set of what training collected"),
    Command(
        ("dataset", "info"), "hyperdynamics_cli.dataset_info", "what a bag or a set holds: counts, duration, rates"
    ),
    Command(("dataset", "validate"), "hyperdynamics_cli.dataset_validate", "what a bag lacks, what in it is damaged"),
    Command(("dataset", "repair"), "hyperdynamics_cli.dataset_repair", "complete a bag whose recording was cut off"),
    Command(("dataset", "merge"), "hyperdynamics_cli.dataset_merge", "join sets of one robot and physics"),
    Command(("dataset", "split"), "hyperdynamics_cli.dataset_split", "part a set: to train with, and held out"),
    Command(("dataset", "show"), "hyperdynamics_cli.dataset_show", "picture of a set: trajectories, histograms"),
    Command(("objects",), "hyperdynamics_cli.objects", "list the objects, or draw a picture of them"),
)
_DEFAULTS = {("demo",): ("demo", "push")}
_NO_OPTIONS = ("-h", "--help")


def find_command(arguments: Sequence[str]) -> tuple[Command, list[str]]:
    """The command that is meant and the arguments left for it; ``demo`` alone is ``demo push``.

    Raises:
        UserError: no such command.
    """
    for command in COMMANDS:
        if tuple(arguments[: len(command.words)]) == command.words:
            return command, list(arguments[len(command.words) :])
    for short, words in _DEFAULTS.items():
        rest = list(arguments[len(short) :])
        if tuple(arguments[: len(short)]) == short and (not rest or rest[0].startswith("-")):
            return next(command for command in COMMANDS if command.words == words), rest
    raise UserError(_unknown(arguments))


def _unknown(arguments: Sequence[str]) -> str:
    group = [command for command in COMMANDS if command.words[0] == arguments[0]]
    if group:
        given = f"{arguments[1]!r}" if len(arguments) > 1 else "nothing"
        choices = ", ".join(command.words[1] for command in group)
        return f"'{arguments[0]}' needs one of {choices}, got {given}; see hyperdynamics --help"
    names = list(dict.fromkeys(command.words[0] for command in COMMANDS))
    near = difflib.get_close_matches(arguments[0], names, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"commands are {', '.join(names)}"
    return f"there is no command {arguments[0]!r}; {hint}"


def is_help(arguments: Sequence[str]) -> bool:
    """Whether the overview is asked for: nothing at all, ``--help``, or a group with ``--help``."""
    return not arguments or arguments[0] in _NO_OPTIONS or _is_group_help(arguments)


def _is_group_help(arguments: Sequence[str]) -> bool:
    alone = tuple(arguments[:1]) not in {command.words for command in COMMANDS} | set(_DEFAULTS)
    return alone and len(arguments) > 1 and arguments[1] in _NO_OPTIONS


def overview(group: str | None = None) -> str:
    """What ``hyperdynamics --help`` prints; of one group only if it is named."""
    shown = [command for command in COMMANDS if group is None or command.words[0] == group]
    lines = [f"  {' '.join(command.words):<20}{command.summary}" for command in shown or COMMANDS]
    return "\n".join(
        [
            "usage: hyperdynamics COMMAND [options]",
            "",
            "Generates a dynamics model for the object at hand on the fly and plans with it, as ROS 2 nodes.",
            "",
            "commands:",
            *lines,
            "",
            "options:",
            "  -h, --help          this text; hyperdynamics COMMAND --help for that of a command",
            "  --version           the version",
            "",
            "HYPERDYNAMICS_DEBUG=1 shows where an error comes from.",
        ]
    )

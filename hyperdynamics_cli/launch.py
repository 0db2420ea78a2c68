"""``hyperdynamics launch``: a launch file's nodes without ROS 2's own ``launch``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from hyperdynamics_cli.errors import UserError
from hyperdynamics_cli.results import check_writable, write_json

PUSH_FILE = "push.launch.xml"
OUR_FILES = (PUSH_FILE, "locomotion.launch.xml")


@dataclass(frozen=True)
class Options:
    """Start the nodes of a ROS 2 launch file in XML and stop them together.

    The same file runs under ``ros2 launch hyperdynamics push.launch.xml`` where ROS 2's launch is installed.
    """

    file: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="FILE")]
    """One of our launch files by name (push), or a path."""
    arguments: Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="NAME:=VALUE")] = ()
    """Launch arguments, each name:=value."""
    show_args: bool = False
    """Show the arguments of the file and end."""
    seed: int | None = None
    """The same as seed:=NUMBER."""
    json: Path | None = None
    """Write which processes were started and how it ended to this file."""


def run(options: Options) -> int:
    """Launch; returns 0, 1 when a node failed, 128 + signal when stopped by one."""
    from hyperdynamics_ros.launching.files import describe_arguments, find_launch_file
    from hyperdynamics_ros.launching.output import Output, default_log_folder
    from hyperdynamics_ros.launching.resolving import resolve
    from hyperdynamics_ros.launching.runner import Runner

    file = find_launch_file(options.file)
    if options.show_args:
        print(describe_arguments(file))
        return 0
    check_writable(options.json)
    arguments = launch_arguments(options)
    check_goal_sender(file, arguments)
    check_recording(file, arguments)
    plans = resolve(file, arguments)
    with Output(default_log_folder(), sys.stdout) as output:
        output.say(f"logs are in {output.log_folder}")
        runner = Runner(plans, output)
        code = runner.run()
        if runner.failure is not None:
            said = f"; it said last: {words}" if (words := runner.failure.last_words) else ""
            output.say(f"ended because {runner.failure}{said}", error=True)
        ended = {"exit_code": code, "failure": None if runner.failure is None else str(runner.failure)}
        started = {"file": file, "arguments": arguments, "processes": [plan.label for plan in plans]}
        write_json(options.json, {**started, **ended, "logs": output.log_folder})
        return code


def check_goal_sender(file: Path, arguments: Mapping[str, str]) -> None:
    """What only the sender of goals reads must not be given where there is none.

    Raises:
        UserError: naming the argument and what it needs.
    """
    if file.name != PUSH_FILE:
        return
    goal, explore = arguments.get("goal", "none"), arguments.get("explore", "0")
    if goal != "none" and explore != "0":
        raise UserError(f"explore:={explore} pushes in place of goals; leave goal:={goal} out, or explore")
    if goal != "none":
        return
    for name in ("record_video", "goals"):
        if arguments.get(name):
            raise UserError(f"{name}:={arguments[name]} needs goals to be sent; give goal:=random or goal:=x,y too")


def check_recording(file: Path, arguments: Mapping[str, str]) -> None:
    """What only the recorder reads must not be given where nothing is recorded.

    Raises:
        UserError: naming the argument and what it needs.
    """
    if file.name not in OUR_FILES or arguments.get("record", "false").lower() in ("true", "1"):
        return
    for name in ("bag", "storage"):
        if arguments.get(name):
            raise UserError(f"{name}:={arguments[name]} needs a recording; give record:=true too")


def launch_arguments(options: Options) -> dict[str, str]:
    """What was given as name:=value, and the seed.

    Raises:
        UserError: the seed is given twice.
        LaunchError: an argument has another form, or is given twice.
    """
    from hyperdynamics_ros.launching.files import parse_arguments

    arguments = parse_arguments(options.arguments)
    if options.seed is None:
        return arguments
    if "seed" in arguments:
        raise UserError(f"the seed is given twice, --seed {options.seed} and seed:={arguments['seed']}; give it once")
    return {**arguments, "seed": str(options.seed)}

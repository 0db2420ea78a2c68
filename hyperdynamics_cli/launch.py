"""``hyperdynamics launch``: a launch file's nodes without ROS 2's own ``launch``."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Annotated

import tyro


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


def run(options: Options) -> int:
    """Launch; returns 0, 1 when a node failed, 128 + signal when stopped by one."""
    from hyperdynamics_ros.launching.files import describe_arguments, find_launch_file, parse_arguments
    from hyperdynamics_ros.launching.output import Output, default_log_folder
    from hyperdynamics_ros.launching.resolving import resolve
    from hyperdynamics_ros.launching.runner import Runner

    file = find_launch_file(options.file)
    if options.show_args:
        print(describe_arguments(file))
        return 0
    plans = resolve(file, parse_arguments(options.arguments))
    with Output(default_log_folder(), sys.stdout) as output:
        output.say(f"logs are in {output.log_folder}")
        runner = Runner(plans, output)
        code = runner.run()
        if runner.failure is not None:
            output.say(f"ended because {runner.failure}", error=True)
        return code

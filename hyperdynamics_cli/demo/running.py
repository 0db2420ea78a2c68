"""The node graph of a demo: started from a launch file, watched, stopped."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hyperdynamics_ros.launching.runner import Runner


class GraphStopped(RuntimeError):
    """A node has ended: which, how, and its last words."""


@contextmanager
def running_graph(file: str, arguments: Mapping[str, str], log: Path) -> Iterator[Runner]:
    """A launch file's nodes, their output in log files; in a ROS domain of their own unless one is given."""
    from hyperdynamics_ros.launching.files import find_launch_file
    from hyperdynamics_ros.launching.output import Output
    from hyperdynamics_ros.launching.resolving import resolve
    from hyperdynamics_ros.launching.runner import Runner

    os.environ.setdefault("ROS_DOMAIN_ID", str(1 + os.getpid() % 100))
    os.environ.setdefault("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    plans = resolve(find_launch_file(file), dict(arguments))
    print(f"starting {len(plans)} nodes (ROS_DOMAIN_ID={os.environ['ROS_DOMAIN_ID']}, logs in {log}) ...")
    with Output(log, None) as output, Runner(plans, output) as runner:
        yield runner


def check_running(runner: Runner) -> None:
    """Hand on the nodes' output; notice when one has ended.

    Raises:
        GraphStopped: one has.
    """
    runner.poll(0.0)
    if runner.failure is not None:
        last = "\n".join(f"  {line}" for line in runner.failure.last_lines)
        raise GraphStopped(f"the graph has stopped: {runner.failure}. Its last lines:\n{last}")
    if not runner.running:
        raise GraphStopped(f"the graph has stopped: a node has ended; see {runner.output.log_folder}")

"""Executable of the explorer; see ``hyperdynamics_ros.nodes.random_pushes``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from hyperdynamics_ros.node_main import run

if TYPE_CHECKING:
    from hyperdynamics_ros.node import CheckedNode


def make() -> CheckedNode:
    """The node; imported here, where a signal already ends the process cleanly."""
    from hyperdynamics_ros.nodes.random_pushes import PushExplorer

    return PushExplorer()


def main() -> NoReturn:
    """Run the node until its last push, Ctrl-C, SIGTERM or a failure."""
    run(make, "push_explorer")


if __name__ == "__main__":
    main()

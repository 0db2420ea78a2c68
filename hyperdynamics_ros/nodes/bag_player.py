"""Executable of the player; see ``hyperdynamics_ros.nodes.bag_replay``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from hyperdynamics_ros.node_main import run

if TYPE_CHECKING:
    from hyperdynamics_ros.node import CheckedNode


def make() -> CheckedNode:
    """The node; imported here, where a signal already ends the process cleanly."""
    from hyperdynamics_ros.nodes.bag_replay import PlayerNode

    return PlayerNode()


def main() -> NoReturn:
    """Run the node until Ctrl-C, SIGTERM or a failure."""
    run(make, "bag_player")


if __name__ == "__main__":
    main()

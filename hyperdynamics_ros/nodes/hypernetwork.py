"""Executable of the hypernetwork: the model's system decides which one, for pushing or for legs."""

from __future__ import annotations

from typing import NoReturn

from hyperdynamics_ros.dispatch import is_legged
from hyperdynamics_ros.node import CheckedNode
from hyperdynamics_ros.node_main import run
from hyperdynamics_ros.nodes.push_hypernetwork import TABLE

__all__ = ["TABLE", "main"]
NAME = "hypernetwork"


def make() -> CheckedNode:
    """The node for the model's system."""
    if is_legged(NAME, str(TABLE[0].default)):
        from hyperdynamics_ros.nodes.legged_hypernetwork import LeggedHypernetworkNode

        return LeggedHypernetworkNode()
    from hyperdynamics_ros.nodes.push_hypernetwork import PushHypernetworkNode

    return PushHypernetworkNode()


def main() -> NoReturn:
    """Run the node until Ctrl-C, SIGTERM or a failure."""
    run(make, NAME)


if __name__ == "__main__":
    main()

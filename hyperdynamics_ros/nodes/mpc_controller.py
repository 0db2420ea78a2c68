"""Executable of the MPC controller: the parameter ``system`` decides which one, for pushing or for legs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from hyperdynamics_ros.node_main import run

if TYPE_CHECKING:
    from hyperdynamics_ros.node import CheckedNode

NAME = "mpc_controller"


def make() -> CheckedNode:
    """The node for the system; all is imported here, where a signal already ends the process cleanly."""
    from hyperdynamics_core.systems.legged import LEGGED
    from hyperdynamics_core.systems.push import PUSH
    from hyperdynamics_ros.dispatch import given_parameter

    if given_parameter(NAME, "system", PUSH.name) in LEGGED:
        from hyperdynamics_ros.nodes.walk_controller import WalkController

        return WalkController()
    from hyperdynamics_ros.nodes.push_controller import PushController

    return PushController()


def main() -> NoReturn:
    """Run the node until Ctrl-C, SIGTERM or a failure."""
    run(make, NAME)


if __name__ == "__main__":
    main()

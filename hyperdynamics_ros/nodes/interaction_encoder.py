"""Executable of the interaction encoder: the model's system decides which one, for pushing or for legs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from hyperdynamics_ros.node_main import run

if TYPE_CHECKING:
    from hyperdynamics_ros.node import CheckedNode

NAME = "interaction_encoder"


def make() -> CheckedNode:
    """The node for the model's system; all is imported here, where a signal already ends the process cleanly."""
    from hyperdynamics_ros.dispatch import is_legged
    from hyperdynamics_ros.nodes.push_encoder import TABLE, PushEncoderNode

    if is_legged(NAME, str(TABLE[0].default)):
        from hyperdynamics_ros.nodes.legged_encoder import LeggedEncoderNode

        return LeggedEncoderNode()
    return PushEncoderNode()


def main() -> NoReturn:
    """Run the node until Ctrl-C, SIGTERM or a failure."""
    run(make, NAME)


if __name__ == "__main__":
    main()

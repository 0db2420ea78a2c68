"""Executable of the camera's pose from tf; see ``hyperdynamics_ros.nodes.tf_camera``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from hyperdynamics_ros.node_main import run

if TYPE_CHECKING:
    from hyperdynamics_ros.node import CheckedNode


def make() -> CheckedNode:
    """The node; imported here, where a signal already ends the process cleanly."""
    from hyperdynamics_ros.nodes.tf_camera import TfCameraNode

    return TfCameraNode()


def main() -> NoReturn:
    """Run the node until Ctrl-C, SIGTERM or a failure."""
    run(make, "camera_pose")


if __name__ == "__main__":
    main()

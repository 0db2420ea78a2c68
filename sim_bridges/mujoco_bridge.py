"""Executable of the MuJoCo bridge; see ``sim_bridges.legged_bridge``."""

from __future__ import annotations

from typing import NoReturn

from hyperdynamics_ros.environment import prepare_environment


def main() -> NoReturn:
    """Run the bridge until Ctrl-C, SIGTERM or a failure."""
    prepare_environment()
    from hyperdynamics_ros.node_main import run

    def make() -> object:
        from sim_bridges.legged_bridge import MujocoBridge

        return MujocoBridge()

    run(make, "mujoco_bridge")


if __name__ == "__main__":
    main()

"""Executable of the cell in MuJoCo; see ``sim_bridges.cell.node``."""

from __future__ import annotations

from typing import NoReturn

from hyperdynamics_ros.environment import prepare_environment


def main() -> NoReturn:
    """Run the cell until Ctrl-C, SIGTERM or a failure."""
    prepare_environment()
    from hyperdynamics_ros.node_main import run

    def make() -> object:
        from sim_bridges.cell.node import MuJoCoCell

        return MuJoCoCell()

    run(make, "mujoco_cell")


if __name__ == "__main__":
    main()

"""Writes the parameters' tables of docs/nodes.md from the nodes' own declarations: python scripts/node_tables.py."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
PAGE = ROOT / "docs" / "nodes.md"
START, END = "<!-- parameters: written by scripts/node_tables.py -->", "<!-- end of parameters -->"


def tables() -> str:
    """All tables as Markdown."""
    from hyperdynamics_ros.arm.parameters import TABLE as ARM
    from hyperdynamics_ros.controller_parameters import TABLE as CONTROLLER
    from hyperdynamics_ros.explorer_parameters import TABLE as EXPLORER
    from hyperdynamics_ros.nodes.bag_replay import TABLE as PLAYER
    from hyperdynamics_ros.nodes.legged_encoder import TABLE as LEGGED_ENCODER
    from hyperdynamics_ros.nodes.legged_hypernetwork import TABLE as LEGGED_HYPERNETWORK
    from hyperdynamics_ros.nodes.push_encoder import TABLE as ENCODER
    from hyperdynamics_ros.nodes.push_hypernetwork import TABLE as HYPERNETWORK
    from hyperdynamics_ros.nodes.push_perception import TABLE as PERCEPTION
    from hyperdynamics_ros.nodes.tf_camera import TABLE as CAMERA_POSE
    from hyperdynamics_ros.parameters import markdown
    from hyperdynamics_ros.walk_parameters import TABLE as WALK
    from sim_bridges.bridge_parameters import TABLE as BRIDGE
    from sim_bridges.cell.parameters import TABLE as CELL
    from sim_bridges.legged_parameters import TABLE as LEGGED_BRIDGE

    named = {
        "perception": PERCEPTION,
        "interaction_encoder": ENCODER,
        "hypernetwork": HYPERNETWORK,
        "mpc_controller": CONTROLLER,
        "push_explorer": EXPLORER,
        "pybullet_bridge": BRIDGE,
        "interaction_encoder of legs": LEGGED_ENCODER,
        "hypernetwork of legs": LEGGED_HYPERNETWORK,
        "mpc_controller of legs": WALK,
        "mujoco_bridge": LEGGED_BRIDGE,
        "arm_adapter": ARM,
        "camera_pose": CAMERA_POSE,
        "mujoco_cell": CELL,
        "bag_player": PLAYER,
    }
    return "\n\n".join(f"### {name}\n\n{markdown(table)}" for name, table in named.items())


def with_tables(page: str) -> str:
    """The page with fresh tables between its marks."""
    before, rest = page.split(START)
    _, after = rest.split(END)
    return f"{before}{START}\n\n{tables()}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text()))

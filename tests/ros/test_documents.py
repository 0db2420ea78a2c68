"""The page of parameters and the shipped YAML agree with what the nodes declare."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
import yaml

from hyperdynamics_ros.arm.parameters import TABLE as ARM
from hyperdynamics_ros.controller_parameters import TABLE as CONTROLLER
from hyperdynamics_ros.explorer_parameters import TABLE as EXPLORER
from hyperdynamics_ros.nodes import (
    bag_recorder,
    legged_encoder,
    legged_hypernetwork,
    push_encoder,
    push_hypernetwork,
    push_perception,
    tf_camera,
)
from hyperdynamics_ros.walk_parameters import TABLE as WALK
from sim_bridges.bridge_parameters import TABLE as BRIDGE
from sim_bridges.cell.parameters import TABLE as CELL
from sim_bridges.legged_parameters import TABLE as LEGGED_BRIDGE

ROOT = Path(__file__).resolve().parents[2]
TABLES = {
    "pybullet_bridge": BRIDGE,
    "perception": push_perception.TABLE,
    "interaction_encoder": push_encoder.TABLE,
    "hypernetwork": push_hypernetwork.TABLE,
    "mpc_controller": CONTROLLER,
    "recorder": bag_recorder.TABLE,
    "arm_adapter": ARM,
    "camera_pose": tf_camera.TABLE,
    "push_explorer": EXPLORER,
    "mujoco_cell": CELL,
}
LEGGED_TABLES = {
    "mujoco_bridge": LEGGED_BRIDGE,
    "interaction_encoder": legged_encoder.TABLE,
    "hypernetwork": legged_hypernetwork.TABLE,
    "mpc_controller": WALK,
    "recorder": bag_recorder.TABLE,
}
FILES = {"push.yaml": TABLES, "locomotion.yaml": LEGGED_TABLES}


def test_the_page_holds_the_tables_that_the_nodes_declare():
    spec = importlib.util.spec_from_file_location("node_tables", ROOT / "scripts" / "node_tables.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    page = script.PAGE.read_text()
    assert script.with_tables(page) == page, "run python scripts/node_tables.py"


@pytest.mark.parametrize("file", FILES)
def test_the_shipped_yaml_gives_known_parameters_good_values(file):
    settings = yaml.safe_load((ROOT / "config" / file).read_text())
    assert set(settings) <= set(FILES[file])
    for node, block in settings.items():
        table = {line.name: line for line in FILES[file][node]}
        for parameter, value in block["ros__parameters"].items():
            table[parameter].accept(value)


def test_every_default_keeps_its_own_rule():
    for table in (*TABLES.values(), *LEGGED_TABLES.values()):
        for line in table:
            assert line.accept(line.default) == line.default

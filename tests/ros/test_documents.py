"""The page of parameters and the shipped YAML agree with what the nodes declare."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import yaml

from hyperdynamics_ros.controller_parameters import TABLE as CONTROLLER
from hyperdynamics_ros.nodes import hypernetwork, interaction_encoder, perception
from sim_bridges.bridge_parameters import TABLE as BRIDGE

ROOT = Path(__file__).resolve().parents[2]
TABLES = {
    "pybullet_bridge": BRIDGE,
    "perception": perception.TABLE,
    "interaction_encoder": interaction_encoder.TABLE,
    "hypernetwork": hypernetwork.TABLE,
    "mpc_controller": CONTROLLER,
}


def test_the_page_holds_the_tables_that_the_nodes_declare():
    spec = importlib.util.spec_from_file_location("node_tables", ROOT / "scripts" / "node_tables.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    page = script.PAGE.read_text()
    assert script.with_tables(page) == page, "run python scripts/node_tables.py"


def test_the_shipped_yaml_gives_known_parameters_good_values():
    settings = yaml.safe_load((ROOT / "config" / "push.yaml").read_text())
    assert set(settings) <= set(TABLES)
    for node, block in settings.items():
        table = {line.name: line for line in TABLES[node]}
        for name, value in block["ros__parameters"].items():
            table[name].accept(value)


def test_every_default_keeps_its_own_rule():
    for table in TABLES.values():
        for line in table:
            assert line.accept(line.default) == line.default

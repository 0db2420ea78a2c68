"""The page of parameters says what the recorder declares, and what is documented of the commands exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from hyperdynamics_ros.nodes.bag_recorder import TABLE
from hyperdynamics_ros.parameters import markdown

ROOT = Path(__file__).resolve().parents[2]
START, END = "<!-- recorder: held by tests/recording/test_documents.py -->", "<!-- end of recorder -->"
COMMANDS = ("record", "dataset_from_bag", "dataset_split", "dataset_show", "evaluate_push")


def test_the_page_holds_the_table_that_the_node_declares():
    page = (ROOT / "docs" / "nodes.md").read_text()
    assert page.split(START)[1].split(END)[0].strip() == markdown(TABLE)


def test_options_in_the_page_are_options_of_the_command():
    page = (ROOT / "docs" / "recording.md").read_text()
    shown = set(re.findall(r"--(?:no-)?([a-z][a-z-]+)", page))
    shown = {f"--{name}" for name in shown}
    commands = [(ROOT / "hyperdynamics_cli" / f"{name}.py").read_text() for name in COMMANDS]
    commands.append((ROOT / "hyperdynamics_core" / "training" / "push_config.py").read_text())
    declared = [name for text in commands for name in re.findall(r"^    (\w+): ", text, re.MULTILINE)]
    others = {"--seconds", "--data", "--methods", "--start", "--seeds", "--ros-args"}
    assert shown and shown <= {f"--{name.replace('_', '-')}" for name in declared} | others


def test_recording_imports_nothing_of_the_core():
    for path in (ROOT / "hyperdynamics_ros" / "recording").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            module = node.module if isinstance(node, ast.ImportFrom) else None
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [module or ""]
            assert not any(name.startswith(("hyperdynamics_core", "torch", "sim_bridges")) for name in names), path

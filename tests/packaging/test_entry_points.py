"""Every way to install offers the same programs."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NODES = {"perception", "interaction_encoder", "hypernetwork", "mpc_controller", "pybullet_bridge", "push_client"} | {
    "mujoco_bridge",
    "mujoco_cell",
    "recorder",
    "arm_adapter",
    "camera_pose",
    "bag_player",
    "walk_client",
    "push_explorer",
}


def installed() -> dict[str, str]:
    return {entry.name: entry.value for entry in distribution("hyperdynamics").entry_points}


def in_colcon(name: str) -> dict[str, str]:
    config = configparser.ConfigParser()
    config.read(ROOT / "cmake" / name)
    lines = config["options.entry_points"]["console_scripts"].strip().splitlines()
    return {key.strip(): value.strip() for key, value in (line.split("=") for line in lines)}


def test_pip_and_colcon_install_the_same_programs() -> None:
    nodes, command = in_colcon("nodes.cfg"), in_colcon("command.cfg")
    assert {**nodes, **command} == installed()
    assert set(nodes) == NODES
    assert set(command) == {"hyperdynamics"}


@pytest.mark.parametrize("name", sorted(NODES))
def test_ros_finds_the_node(name: str) -> None:
    program = Path(sys.prefix) / "lib" / "hyperdynamics" / name
    assert os.access(program, os.X_OK)
    assert installed()[name].removesuffix(":main") in program.read_text()


def test_program_runs_the_python_of_its_own_prefix(tmp_path: Path) -> None:
    """Not the first `python3` on the path: that one has none of our packages."""
    text = (Path(sys.prefix) / "lib" / "hyperdynamics" / "perception").read_text()
    program = tmp_path / "lib" / "hyperdynamics" / "probe"
    program.parent.mkdir(parents=True)
    program.write_text(text.replace("hyperdynamics_ros.nodes.perception", "probe"))
    program.chmod(0o755)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3").write_text(f'#!/bin/sh\necho own python\nexec "{sys.executable}" "$@"\n')
    (tmp_path / "bin" / "python3").chmod(0o755)
    (tmp_path / "probe.py").write_text("import sys\n\n\ndef main():\n    print(sys.argv)\n    return 3\n")
    result = subprocess.run([program, "--ros-args"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.stdout.splitlines() == ["own python", "['perception', '--ros-args']"]
    assert result.returncode == 3

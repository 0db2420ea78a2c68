"""What our packages import is declared, and what is declared is imported."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

tomllib = pytest.importorskip("tomllib", reason="Python 3.11 or newer reads TOML")

ROOT = Path(__file__).resolve().parents[2]
OURS = {"hyperdynamics", "hyperdynamics_core", "hyperdynamics_ros", "hyperdynamics_cli", "sim_bridges"}
# Used where ROS 2 itself is installed, replaced by our own code where it is not.
OPTIONAL = {"sensor_msgs_py", "tf2_ros"}
# Needed without being imported by our sources.
INDIRECT = {"tensorboard", "gymnasium", "ros-rosidl-default-runtime"}


def imported_modules() -> dict[str, Path]:
    """Returns the top-level modules that our packages import, with one file each."""
    found: dict[str, Path] = {}
    for package in sorted(OURS - {"hyperdynamics"}):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Import):
                    found.update({alias.name.split(".")[0]: path for alias in node.names})
                elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                    found[node.module.split(".")[0]] = path
    return {name: path for name, path in found.items() if name not in OURS | OPTIONAL | sys.stdlib_module_names}


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = (texts for name, texts in project["optional-dependencies"].items() if name != "dev")
    texts = [*project["dependencies"], *(text for each in extras for text in each)]
    return {canonicalize_name(Requirement(text).name) for text in texts}


def provided() -> dict[str, set[str]]:
    """Returns the top-level modules that each declared distribution installs."""
    records = {name: distribution(name).read_text("RECORD") or "" for name in declared()}
    return {name: set(re.findall(r"^(\w+)[/.]", text, re.MULTILINE)) for name, text in records.items()}


def test_every_import_is_declared() -> None:
    known = set().union(*provided().values())
    missing = {module: path.name for module, path in imported_modules().items() if module not in known}
    assert missing == {}, "add it to pyproject.toml and docs/dependencies.md, then run scripts/lock.py"


def test_every_dependency_is_used() -> None:
    imported = set(imported_modules())
    unused = {name for name, modules in provided().items() if not modules & imported}
    assert unused - INDIRECT == set(), "take it out of pyproject.toml, or say in INDIRECT why it stays"


def imports_of(room: str) -> set[tuple[str, str]]:
    """Names of a room's files and whole names of what they import."""
    found = set()
    for path in (ROOT / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {(path.name, alias.name) for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found |= {(path.name, f"{node.module or ''}.{alias.name}") for alias in node.names}
    return found


def below(name: str, modules: set[str]) -> bool:
    """Whether a name is one of these modules or in one."""
    return any(f"{name}.".startswith(f"{each}.") for each in modules)


def guilty(room: str, forbidden: set[str]) -> list[str]:
    """What a room imports of these packages or modules."""
    return [f"{file}: {name}" for file, name in imports_of(room) if below(name, forbidden)]


def test_core_knows_neither_ros_nor_simulators() -> None:
    assert guilty("hyperdynamics_core", {"rclpy", "pybullet", "mujoco", *OURS - {"hyperdynamics_core"}}) == []


@pytest.mark.parametrize(("room", "other"), [("locomotion", "pushing"), ("pushing", "locomotion")])
def test_a_world_knows_neither_the_other_one_nor_ros_nor_training(room: str, other: str) -> None:
    forbidden = {"rclpy", "hyperdynamics", "hyperdynamics_ros", "hyperdynamics_cli", "hyperdynamics_core.training"}
    assert guilty(f"sim_bridges/{room}", {*forbidden, f"sim_bridges.{other}"}) == []


CELL_NODE = {"node.py", "teller.py", "parameters.py"}
ARM_WITHOUT_ROS = {"kinematics.py", "urdf.py"}
MESSAGES = {"rclpy", "hyperdynamics", "geometry_msgs", "nav_msgs", "sensor_msgs", "std_msgs", "trajectory_msgs"}


def test_the_cell_holds_no_learning_and_of_the_nodes_only_their_base() -> None:
    forbidden = {"hyperdynamics_cli", "hyperdynamics_ros.nodes", "hyperdynamics_core.training"}
    assert guilty("sim_bridges/cell", {*forbidden, "hyperdynamics_core.methods", "hyperdynamics_core.networks"}) == []


def test_the_cells_world_knows_no_ros_but_the_arms_kinematics() -> None:
    allowed = {"hyperdynamics_ros.arm.kinematics", "hyperdynamics_ros.environment", "sim_bridges.locomotion.offscreen"}
    forbidden = {*MESSAGES, "hyperdynamics_ros", "sim_bridges.locomotion", "sim_bridges.cell.node"}
    world = {(file, name) for file, name in imports_of("sim_bridges/cell") if file not in CELL_NODE}
    assert [each for each in world if below(each[1], forbidden) and not below(each[1], allowed)] == []


def test_the_arms_kinematics_knows_no_ros() -> None:
    allowed = {"hyperdynamics_ros.arm.urdf"}
    found = {(file, name) for file, name in imports_of("hyperdynamics_ros/arm") if file in ARM_WITHOUT_ROS}
    assert {file for file, _ in found} == ARM_WITHOUT_ROS
    assert [each for each in found if below(each[1], {*MESSAGES, *OURS}) and not below(each[1], allowed)] == []


@pytest.mark.parametrize("node", ["bag_recorder", "bag_replay", "joint_arm", "tf_camera"])
def test_nodes_without_a_model_start_without_pytorch(node: str) -> None:
    """It takes two seconds and 150 MB, which a robot's computer may not have to spare."""
    words = f"import sys, hyperdynamics_ros.nodes.{node}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", words], cwd=ROOT, timeout=120, check=False).returncode == 0

"""`colcon build --symlink-install` of the checkout, against the ROS 2 wheels where no ROS 2 is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COLCON = ["colcon-core==0.21.3", "colcon-cmake==0.2.30", "colcon-ros==0.5.0", "colcon-bash==0.5.0"]
SOURCES = (
    *("action", "cmake", "config", "launch", "models", "msg", "srv"),
    *("hyperdynamics_cli", "hyperdynamics_core", "hyperdynamics_ros", "sim_bridges"),
)


def copy_checkout(target: Path) -> None:
    """Copies what a package needs, so that nothing is written below the real one."""
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    for name in ("CMakeLists.txt", "package.xml", "pyproject.toml", "setup.py"):
        shutil.copy(ROOT / name, target)


def ros_environment() -> dict[str, str]:
    """What a sourced ROS 2 sets, for the wheels."""
    prefix = sys.prefix
    path = os.pathsep.join([f"{prefix}/bin", os.environ["PATH"]])
    libraries = os.pathsep.join([f"{prefix}/lib", os.environ.get("LD_LIBRARY_PATH", "")])
    ros = {"AMENT_PREFIX_PATH": prefix, "CMAKE_PREFIX_PATH": prefix, "LD_LIBRARY_PATH": libraries}
    return {**os.environ, **ros, "PATH": path}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_workspace_builds_and_runs(tmp_path: Path) -> None:
    source = tmp_path / "src" / "hyperdynamics"
    source.mkdir(parents=True)
    copy_checkout(source)
    venv.create(tmp_path / "colcon", with_pip=True)
    python = tmp_path / "colcon" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", *COLCON], check=True)

    wheels = [f"-DCMAKE_PROJECT_INCLUDE={source}/cmake/ros_wheels.cmake", f"-DPython3_EXECUTABLE={sys.executable}"]
    command = [tmp_path / "colcon" / "bin" / "colcon", "build", "--symlink-install", "--cmake-args", *wheels]
    subprocess.run(command, cwd=tmp_path, env=ros_environment(), check=True)

    prefix = tmp_path / "install" / "hyperdynamics"
    nodes = re.findall(r"^ +(\w+) = ", (source / "cmake" / "nodes.cfg").read_text(), re.MULTILINE)
    assert sorted(path.name for path in (prefix / "lib" / "hyperdynamics").iterdir()) == sorted(nodes)
    assert (prefix / "share" / "hyperdynamics" / "launch").is_dir()

    # The workspace's PYTHONPATH comes before the editable install of the environment.
    check = "import hyperdynamics.msg, hyperdynamics_core; print(hyperdynamics.__file__, hyperdynamics_core.__file__); "
    check += "from hyperdynamics_core.native.library import LIBRARY, load; load(); print(LIBRARY)"
    script = f'. install/setup.bash && "{sys.executable}" -c "{check}" && "{prefix}/bin/hyperdynamics" --help'
    result = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=ros_environment(), capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    found = " ".join(result.stdout.splitlines()[:2]).split()
    assert all(str(tmp_path) in path for path in found), found
    assert "demo" in result.stdout

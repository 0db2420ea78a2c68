"""hyperdynamics_ros.environment: what every process of ours starts with."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hyperdynamics_ros import environment


def test_unset_prefix_becomes_the_environments_own() -> None:
    variables: dict[str, str] = {"AMENT_PREFIX_PATH": ""}
    environment.prepare_environment(variables)
    assert variables["AMENT_PREFIX_PATH"] == sys.prefix
    assert variables["OMP_NUM_THREADS"] == "1"


def test_what_the_user_set_stays() -> None:
    variables = {"AMENT_PREFIX_PATH": "/opt/ros/kilted", "OMP_NUM_THREADS": "4"}
    environment.prepare_environment(variables)
    assert variables["AMENT_PREFIX_PATH"] == "/opt/ros/kilted"
    assert variables["OMP_NUM_THREADS"] == "4"


def test_ament_index_finds_the_package() -> None:
    from ament_index_python.packages import get_package_share_directory

    assert Path(get_package_share_directory("hyperdynamics"), "package.xml").is_file()


def test_torch_runs_one_thread() -> None:
    code = "from hyperdynamics_ros.environment import prepare_environment; prepare_environment()\n"
    code += "import torch; print(torch.get_num_threads())"
    variables = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    result = subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "1"


def test_importing_it_is_cheap() -> None:
    code = "import hyperdynamics_ros.environment, sys; print({'torch', 'rclpy', 'numpy'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], env=os.environ, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"


def test_share_folder_of_an_installed_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    share = tmp_path / "share" / "hyperdynamics"
    share.mkdir(parents=True)
    monkeypatch.setattr(environment, "_CHECKOUT", tmp_path / "site-packages")
    monkeypatch.setenv("AMENT_PREFIX_PATH", f"/nowhere{os.pathsep}{tmp_path}")
    assert environment.share_folder() == share


def test_share_folder_missing_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "_CHECKOUT", tmp_path)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.delenv("AMENT_PREFIX_PATH")
    with pytest.raises(FileNotFoundError, match="make setup"):
        environment.share_folder()

"""Evaluations through the command, with an untrained method: the figures are bad, the keys are right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.methods.registry import make_method
from hyperdynamics_core.methods.storage import save_method
from sim_bridges.pushing.physics import physics_named
from tests.cli.conftest import ROOT, Run

PERCEPTION = ROOT / "models" / "push-perception"


@pytest.fixture(scope="module")
def xyz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "xyz"
    save_method(folder, make_method("xyz", MethodConfig(n_vis=0, interaction_encoder="none")), config={"seed": 11})
    return folder


def test_errors(hyperdynamics: Run, xyz: Path, tmp_path: Path) -> None:
    assert hyperdynamics("collect", "push", "--split", "novel", "--trajectories", "6", "--out", "d").returncode == 0
    words = ["evaluate", "push", "--model", xyz, "--data", "d", "--oracle-pose", "--json", "e.json"]
    ended = hyperdynamics(*words, "--horizon", "5")
    assert ended.returncode == 0, ended.stderr
    result = json.loads((tmp_path / "e.json").read_text())
    low, high = result["error_cm_ci95"]
    assert low <= result["error_cm_mean"] <= high and result["trials"] == 6 and result["seeds"] == [11]
    assert f"single steps from true states, mean of all: {result['one_step']['error_cm_mean']:.2f} cm" in ended.stdout
    assert "--horizon 9 must be 1 to 5" in hyperdynamics(*words, "--horizon", "9").stderr
    assert "not of the split 'seen'" in hyperdynamics(*words, "--split", "seen").stderr
    assert "holds the method 'xyz', not 'direct'" in hyperdynamics(*words, "--method", "direct").stderr


def test_data_of_other_physics_are_refused(hyperdynamics: Run, tmp_path: Path) -> None:
    method = make_method("xyz", MethodConfig(n_vis=0, interaction_encoder="none"))
    save_method(tmp_path / "m", method, physics_fingerprint=physics_named("kuka").fingerprint())
    for physics, code in (("kuka", 0), ("gantry", 2)):
        collect = ["collect", "push", "--split", "novel", "--trajectories", "2", "--physics", physics, "--out", physics]
        assert hyperdynamics(*collect).returncode == 0
        ended = hyperdynamics("evaluate", "push", "--model", "m", "--data", physics, "--oracle-pose")
        assert ended.returncode == code, ended.stderr
    assert "gantry has physics" in ended.stderr and "collect data with the settings" in ended.stderr


def test_goals_in_a_world_of_other_physics_are_refused(hyperdynamics: Run, tmp_path: Path) -> None:
    method = make_method("xyz", MethodConfig(n_vis=0, interaction_encoder="none"))
    save_method(tmp_path / "m", method, physics_fingerprint=physics_named("gantry").fingerprint())
    ended = hyperdynamics("evaluate", "push", "--model", "m", "--task", "reach", "--trials", "1", "--oracle-pose")
    assert ended.returncode == 2 and "the simulated world (kuka) has physics" in ended.stderr
    assert "train the method on pushes that are collected in it" in ended.stderr


def test_goals(hyperdynamics: Run, xyz: Path, tmp_path: Path) -> None:
    words = ["evaluate", "push", "--model", xyz, "--task", "reach", "--trials", "2", "--workers", "0", "--oracle-pose"]
    ended = hyperdynamics(*words, "--seed", "0", "1", "--json", "g.json")
    assert ended.returncode == 0, ended.stderr
    result = json.loads((tmp_path / "g.json").read_text())
    low, high = result["success_ci95"]
    assert 0.0 <= low <= result["success_rate"] <= high <= 1.0
    assert result["trials"] == 2 and result["seeds"] == [0, 1] and result["task"] == "reach"
    assert result["candidates"] == 30 and result["planning_horizon"] == 1


def test_goals_with_another_planner(hyperdynamics: Run, xyz: Path, tmp_path: Path) -> None:
    words = ["evaluate", "push", "--model", xyz, "--task", "obstacles", "--trials", "1", "--workers", "0"]
    words += ["--oracle-pose", "--planning-horizon", "3", "--json", "g.json"]
    ended = hyperdynamics(*words, "--candidates", "8", "--max-pushes", "2")
    assert ended.returncode == 0, ended.stderr
    result = json.loads((tmp_path / "g.json").read_text())
    assert (result["candidates"], result["planning_horizon"], result["max_pushes"]) == (8, 3, 2)
    assert result["mean_steps"] <= 15 + 2
    assert "--candidates 0 must be 1 or more" in hyperdynamics(*words, "--candidates", "0").stderr


@pytest.mark.skipif(not PERCEPTION.is_dir(), reason="the trained perception is not in this checkout")
def test_detector(hyperdynamics: Run, tmp_path: Path) -> None:
    ended = hyperdynamics("evaluate", "detector", "--model", PERCEPTION, "--scenes", "8", "--json", "d.json")
    assert ended.returncode == 0, ended.stderr
    result = json.loads((tmp_path / "d.json").read_text())
    assert result["success_rate"] > 0.7 and result["seeds"] == [1] and result["frames"] == 8


@pytest.mark.parametrize("horizon", ["0", "9"])
def test_a_step_that_is_not_there_is_noticed_before_pushes_are_collected(
    hyperdynamics: Run, xyz: Path, tmp_path: Path, horizon: str
) -> None:
    ended = hyperdynamics("evaluate", "push", "--model", xyz, "--oracle-pose", "--horizon", horizon)
    assert ended.returncode == 2 and f"--horizon {horizon} must be 1 to 5" in ended.stderr
    assert not (tmp_path / "data").exists()


def test_held_out_pushes_are_collected_where_none_are_named(hyperdynamics: Run, xyz: Path, tmp_path: Path) -> None:
    words = ["evaluate", "push", "--model", xyz, "--oracle-pose", "--trials", "4", "--workers", "0", "--split", "seen"]
    for split, collected in ((words, 1), (words, 1), ([*words[:-1], "novel"], 2)):
        ended = hyperdynamics(*split, "--json", "e.json")
        assert ended.returncode == 0, ended.stderr
        assert len(list((tmp_path / "data").iterdir())) == collected
        assert json.loads((tmp_path / "e.json").read_text())["trials"] == 4
    assert (tmp_path / "data" / "held-out-novel-paper-4" / "dataset.json").is_file()

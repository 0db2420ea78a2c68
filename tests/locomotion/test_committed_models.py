"""Every committed walker walks on its own ground, and its card says how it was made."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from hyperdynamics_cli.main import main
from sim_bridges.locomotion.tasks import TASKS

ROOT = Path(__file__).parents[2] / "models"
WALKERS = sorted(folder.name for folder in ROOT.iterdir() if folder.name.startswith(("ant-", "cheetah-")))


@pytest.mark.parametrize("name", WALKERS)
def test_walks_on_its_own_ground(name: str, tmp_path: Path) -> None:
    told = json.loads((ROOT / name / "model.json").read_text())
    task = told["config"]["task"]
    assert task in TASKS and name.startswith(task)
    assert "Made by: `hyperdynamics train locomotion" in (ROOT / name / "CARD.md").read_text()
    robot, terrain = task.split("-")
    figures = tmp_path / "figures.json"
    words = ["--robot", robot, "--terrain", terrain, "--model", str(ROOT / name), "--json", str(figures)]
    few = ["--episodes", "1", "--steps", "24", "--workers", "0", "--planning.candidates", "20"]
    assert main(["evaluate", "locomotion", *words, *few]) == 0
    done = json.loads(figures.read_text())
    assert math.isfinite(done["return_mean"]) and done["ended_early"] == 0 and done["planning_ms_p50"] > 0


def test_the_four_tasks_and_a_change_task_have_theirs() -> None:
    assert {"ant-pier", "ant-slope", "cheetah-pier", "cheetah-slope", "cheetah-cripple"} <= set(WALKERS)

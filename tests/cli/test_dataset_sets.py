"""``dataset merge``, ``split`` and ``show`` as users run them, on real walks and pushes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hyperdynamics_core.data.episodes import EpisodeSet
from tests.cli.conftest import Run


def walk(run: Run, out: str, seed: int, robot: str = "cheetah", terrain: str = "slope") -> None:
    ended = run(
        "collect", "locomotion", "--robot", robot, "--terrain", terrain, "--agent", "random", "--episodes", "3",
        "--steps", "40", "--workers", "0", "--seed", str(seed), "--out", out,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr


def test_sets_are_merged_and_parted(hyperdynamics: Run, tmp_path: Path) -> None:
    walk(hyperdynamics, "a", 1)
    walk(hyperdynamics, "b", 2)
    ended = hyperdynamics("dataset", "merge", "a", "b", "--out", "all", "--json", "m.json")
    assert ended.returncode == 0 and "all: 6 episodes of 2 sets" in ended.stdout, ended.stderr
    assert json.loads((tmp_path / "m.json").read_text())["trials"] == 6
    ended = hyperdynamics("dataset", "split", "all", "--out", "parts", "--held-out", "0.34", "--json", "s.json")
    assert ended.returncode == 0, ended.stderr
    result = json.loads((tmp_path / "s.json").read_text())
    assert (result["train"], result["held_out"]) == (4, 2)
    assert len(EpisodeSet.open(tmp_path / "parts" / "train")) == 4
    ended = hyperdynamics("dataset", "info", "parts/train")
    assert ended.returncode == 0 and "4 episodes, 160 steps" in ended.stdout, ended.stderr
    ended = hyperdynamics("dataset", "merge", "a", "b", "--out", "all")
    assert ended.returncode == 2 and "not an empty folder" in ended.stderr


def test_other_robots_are_not_merged(hyperdynamics: Run, tmp_path: Path) -> None:
    walk(hyperdynamics, "a", 1)
    walk(hyperdynamics, "b", 1, robot="ant")
    ended = hyperdynamics("dataset", "merge", "a", "b", "--out", "all")
    assert ended.returncode == 2 and "holds episodes of 'ant', but 'cheetah' is needed" in ended.stderr


def test_what_training_collected_becomes_a_set(hyperdynamics: Run, tmp_path: Path) -> None:
    ended = hyperdynamics(
        "train", "locomotion", "--robot", "ant", "--terrain", "pier", "--iterations", "2", "--rollouts", "3", "--steps",
        "30", "--updates", "2", "--final-updates", "0", "--workers", "0", "--out", "run",
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    ended = hyperdynamics("dataset", "from-run", "run", "--out", "all", "--json", "all.json")
    assert ended.returncode == 0 and "all: 6 episodes of 2 iterations" in ended.stdout, ended.stderr
    assert json.loads((tmp_path / "all.json").read_text())["task"] == "ant-pier"
    ended = hyperdynamics("dataset", "from-run", "run", "--first", "2", "--out", "planned")
    assert ended.returncode == 0, ended.stderr
    everything, planned = EpisodeSet.open(tmp_path / "all"), EpisodeSet.open(tmp_path / "planned")
    assert [len(each) for each in everything.episodes] == [30] * 6 and len(planned) == 3
    np.testing.assert_array_equal(everything.episodes[3].states, planned.episodes[0].states)
    walk(hyperdynamics, "walked", 1, "ant", "pier")
    assert EpisodeSet.open(tmp_path / "walked").physics_fingerprint == everything.physics_fingerprint
    note = tmp_path / "run" / "physics.json"
    note.write_text(note.read_text().replace('"mujoco ', '"mujoco 0.'))
    ended = hyperdynamics("dataset", "from-run", "run", "--out", "older")
    assert ended.returncode == 0, ended.stderr
    assert EpisodeSet.open(tmp_path / "older").physics_fingerprint != everything.physics_fingerprint
    for words, message in (
        (("run", "--out", "all"), "all exists and is not an empty folder"),
        (("run", "--out", "new", "--first", "3"), "take a --first from 1 to 2"),
        (("run", "--out", "new", "--first", "0"), "take a --first from 1 to 2"),
        (("walked", "--out", "new"), "walked is no run of train locomotion"),
    ):
        ended = hyperdynamics("dataset", "from-run", *words)
        assert ended.returncode == 2 and message in ended.stderr and not (tmp_path / "new").exists()


@pytest.mark.parametrize("robot", ["cheetah", "ant"])
def test_walks_are_shown(hyperdynamics: Run, tmp_path: Path, robot: str) -> None:
    walk(hyperdynamics, "a", 1, robot)
    ended = hyperdynamics("dataset", "show", "a", "--picture", "new/a.png", "--json", "a.json")
    assert ended.returncode == 0 and f"3 episodes of {robot}, 120 steps" in ended.stdout, ended.stderr
    ranges = json.loads((tmp_path / "a.json").read_text())["ranges"]
    states = np.concatenate([each.states for each in EpisodeSet.open(tmp_path / "a").episodes])
    assert ranges["base/position/x (m)"] == pytest.approx(
        [states[:, 0].min(), np.median(states[:, 0]), states[:, 0].max()]
    )
    assert len(np.unique(np.asarray(Image.open(tmp_path / "new" / "a.png")).reshape(-1, 3), axis=0)) > 10


def test_pushes_are_merged_parted_and_told_about(hyperdynamics: Run, tmp_path: Path) -> None:
    for seed in "12":
        words = ["collect", "push", "--out", seed, "--trajectories", "6", "--physics", "gantry", "--seed", seed]
        assert hyperdynamics(*words).returncode == 0
    ended = hyperdynamics("dataset", "merge", "1", "2", "--out", "all")
    assert ended.returncode == 0 and "all: 12 trajectories of 2 sets" in ended.stdout, ended.stderr
    ended = hyperdynamics("dataset", "split", "all", "--out", "parts", "--held-out", "0.25", "--json", "s.json")
    assert ended.returncode == 0 and "9 trajectories of 3 systems" in ended.stdout, ended.stderr
    assert json.loads((tmp_path / "s.json").read_text())["held_out"] == 3
    ended = hyperdynamics("dataset", "info", "parts/held-out", "--json", "i.json")
    assert ended.returncode == 0 and "3 trajectories, 15 pushes, 1 objects, 1 systems" in ended.stdout, ended.stderr
    assert json.loads((tmp_path / "i.json").read_text())["mass and friction"] == "known"


def test_pushes_are_shown(hyperdynamics: Run, tmp_path: Path) -> None:
    words = ["collect", "push", "--out", "d", "--trajectories", "6", "--physics", "gantry"]
    assert hyperdynamics(*words).returncode == 0
    ended = hyperdynamics("dataset", "show", "d")
    assert ended.returncode == 0 and "6 trajectories of" in ended.stdout, ended.stderr
    assert "end_effector/displacement/x (m)" in ended.stdout
    assert Image.open(tmp_path / "dataset.png").width == 1280

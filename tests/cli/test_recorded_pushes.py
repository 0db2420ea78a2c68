"""Recorded pushes from the bag to a trained model, as users type it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from hyperdynamics_core.data.crops import CropPool
from hyperdynamics_core.data.trajectories import load_dataset, load_datasets
from hyperdynamics_core.training.shape_sources import CropSampler
from sim_bridges.pushing.physics import GANTRY
from tests.cli.conftest import Run
from tests.recording.pushes import START, STEP, SYSTEMS, pushed, told, written

PERCEPTION = Path(__file__).parents[2] / "models" / "push-perception"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``known``: a bag of three episodes whose scenes are told; ``unknown``: two, seen by a camera, without scenes."""
    path = tmp_path_factory.mktemp("bags")
    other = told(pushed(1, system=SYSTEMS[1]), SYSTEMS[1], START + 100 * STEP, first=3)
    written(path / "known", told(pushed(2)) + other)
    written(path / "unknown", told(pushed(2, seed=4), None, camera="mit/rect1"))
    return path


def test_a_simulators_bag_becomes_a_set_that_mixes_with_collected_ones(
    folder: Path, hyperdynamics: Run, tmp_path: Path
) -> None:
    words = ("dataset", "from-bag", folder / "known", "--robot", "arm", "--physics", "gantry")
    made = hyperdynamics(*words, "--no-images", "--out", "a", "--json", "a.json")
    assert made.returncode == 0, made.stderr
    assert "3 trajectories of 5 pushes, of 2 systems" in made.stdout
    assert "1 systems have one trajectory only" in made.stdout
    assert json.loads((tmp_path / "a.json").read_text())["trials"] == 3
    collected = hyperdynamics("collect", "push", "--out", "c", "--trajectories", "6", "--physics", "gantry")
    assert collected.returncode == 0, collected.stderr
    both = load_datasets([tmp_path / "a", tmp_path / "c"])
    assert len(both) == 9 and both.hidden_known and both.physics_fingerprint == GANTRY.fingerprint()
    found = load_dataset(tmp_path / "a")
    np.testing.assert_allclose(found.states[:2], [each.states for each in pushed(2)], atol=1e-6)
    assert found.data.system_index.tolist() == [0, 0, 1] and found.data.mass.tolist() == [500.0, 500.0, 800.0]
    learn = ("train", "push", "--data", "a", "c", "--method", "xyz", "--sizes.n-vis", "0")
    trained = hyperdynamics(*learn, "--steps", "3", "--out", "run")
    assert trained.returncode == 0, trained.stderr


def test_an_unknown_arms_bag_becomes_a_set_with_crops_to_go_on_with(
    folder: Path, hyperdynamics: Run, tmp_path: Path
) -> None:
    made = hyperdynamics("dataset", "from-bag", folder / "unknown", "--robot", "arm", "--identity", "arm-7",
                   "--perception", PERCEPTION, "--crops", "2", "--out", "b")  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert "mass and friction are not known: weights.physics must be 0" in made.stdout
    assert "2 systems have one trajectory only" in made.stdout
    found = load_dataset(tmp_path / "b")
    assert not found.hidden_known and found.physics == {"robot": "arm-7"}
    assert found.object_names == ("recorded/unknown-1", "recorded/unknown-2")
    pool = CropPool.open(tmp_path / "b" / "crops")
    assert (
        pool.object_names == found.object_names and pool.maps.shape[1] == 2 and pool.maps.any(axis=(2, 3, 4, 5)).all()
    )
    assert np.abs(pool.offsets[..., :2]).max() < 0.02, "it was detected where it stood"
    assert CropSampler([pool], found.object_names).n_objects == 2
    again = hyperdynamics("dataset", "from-bag", folder / "unknown", "--robot", "arm", "--out", "b")
    assert again.returncode == 2 and "is not an empty folder" in again.stderr
    words = ("train", "push", "--data", "b", "--crops", "b/crops", "--steps", "3", "--out", "tuned")
    trained = hyperdynamics(*words, "--start", PERCEPTION.with_name("push-hyperdynamics"))
    assert trained.returncode == 0, trained.stderr
    assert "Started from" in (tmp_path / "tuned" / "model" / "CARD.md").read_text()
    measured = hyperdynamics("evaluate", "push", "--data", "b", "--model", "tuned/model", "--json", "e.json")
    assert measured.returncode == 0, measured.stderr
    assert json.loads((tmp_path / "e.json").read_text())["n"] == 2


def test_what_does_not_fit_is_refused(folder: Path, hyperdynamics: Run, tmp_path: Path) -> None:
    words = ("dataset", "from-bag", folder / "known", "--robot", "arm", "--no-images", "--out", "no")
    ended = hyperdynamics(*words, "--physics", "kuka", "--identity", "arm-7")
    assert ended.returncode == 2 and "give one of them" in ended.stderr
    ended = hyperdynamics(*words, "--steps", "50")
    assert ended.returncode == 1 and "no trajectory was found" in ended.stdout
    words = ("dataset", "from-bag", folder / "known", "--robot", "arm", "--perception", PERCEPTION)
    ended = hyperdynamics(*words, "--out", "none")
    assert ended.returncode == 1 and "3 trajectories of objects that the detector never found left out" in ended.stdout

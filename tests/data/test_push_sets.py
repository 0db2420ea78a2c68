"""Joining and parting sets of pushes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from hyperdynamics_core.data.crops import CropPool
from hyperdynamics_core.data.push_sets import merge_pushes, split_pushes
from hyperdynamics_core.data.recorded_pushes import HiddenValues, RecordedTrajectory, write_recorded
from hyperdynamics_core.data.trajectories import load_dataset, read_header
from tests.training.examples import write_crops, write_pushes

ROBOT = {"robot": "arm-7"}


def recorded(folder: Path, name: str, count: int = 4, known: bool = False, physics: dict[str, str] = ROBOT) -> Path:
    rng = np.random.default_rng(len(name))
    hidden = HiddenValues(500.0, 1e-3, (0.0, 0.0, 0.0)) if known else None
    names = [f"recorded/{name}-{index // 2}" for index in range(count)]
    each = [RecordedTrajectory(rng.normal(size=(6, 16)), rng.normal(size=(5, 3)), n, n, hidden) for n in names]
    write_recorded(folder, each, physics, {})
    write_crops(folder / "crops", names=tuple(dict.fromkeys(names)), seed=len(name))
    return folder


def test_what_nobody_told_is_marked_and_mixing_does_not_hide_it(tmp_path: Path) -> None:
    found = load_dataset(recorded(tmp_path / "a", "x"))
    assert (
        not found.hidden_known and not found.data.mass.any() and found.object_names == ("recorded/x-0", "recorded/x-1")
    )
    assert load_dataset(recorded(tmp_path / "b", "yy", known=True)).hidden_known
    assert merge_pushes([tmp_path / "a", tmp_path / "b"], tmp_path / "all") == 8
    assert not load_dataset(tmp_path / "all").hidden_known
    with pytest.raises(ValueError, match="no trajectory to write"):
        write_recorded(tmp_path / "none", [], ROBOT, {})


def test_merging_keeps_trajectories_apart_by_system_and_brings_the_crops(tmp_path: Path) -> None:
    parts = [recorded(tmp_path / "a", "x"), recorded(tmp_path / "b", "yy", 6)]
    assert merge_pushes(parts, tmp_path / "all") == 10
    found = load_dataset(tmp_path / "all")
    assert found.data.system_index.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert found.object_name(9) == "recorded/yy-2"
    np.testing.assert_array_equal(found.states[4:], load_dataset(parts[1]).states)
    pool, source = CropPool.open(tmp_path / "all" / "crops"), CropPool.open(parts[1] / "crops")
    assert set(pool.object_names) == set(found.object_names)
    np.testing.assert_array_equal(pool.maps[pool.of_object("recorded/yy-2")], source.maps[2])
    assert pool.meta["masks_known"] is False


def test_what_must_not_be_merged(tmp_path: Path) -> None:
    first, copy, other = (tmp_path / name for name in "abc")
    recorded(first, "x"), recorded(copy, "x"), recorded(other, "y", physics={"robot": "arm-8"})
    with pytest.raises(ValueError, match="holds the same trajectories"):
        merge_pushes([first, copy], tmp_path / "all")
    with pytest.raises(ValueError, match="must not be mixed"):
        merge_pushes([first, other], tmp_path / "all")
    with pytest.raises(ValueError, match="both name an object 'recorded/x-0'"):
        merge_pushes([first, recorded(tmp_path / "d", "x", 6)], tmp_path / "all")
    assert not (tmp_path / "all").exists()
    with pytest.raises(ValueError, match="not an empty folder"):
        merge_pushes([first, other], first)


def test_parting_is_by_whole_systems_and_repeatable(tmp_path: Path) -> None:
    source = write_pushes(tmp_path / "all", systems=10, per_system=3)
    assert split_pushes(source, tmp_path / "one", 0.3, seed=5) == {"train": (21, 7), "held-out": (9, 3)}
    train, held = (load_dataset(tmp_path / "one" / name) for name in ("train", "held-out"))
    assert not set(train.data.system_index) & set(held.data.system_index)
    assert {held.object_name(index) for index in range(9)} == set(held.object_names)
    everything = load_dataset(source)
    mass = {int(system): mass for system, mass in zip(everything.data.system_index, everything.data.mass, strict=True)}
    assert all(mass[int(system)] == m for system, m in zip(held.data.system_index, held.data.mass, strict=True))
    split_pushes(source, tmp_path / "two", 0.3, seed=5)
    assert load_dataset(tmp_path / "two" / "train").fingerprint == train.fingerprint
    assert read_header(tmp_path / "two" / "train")["part"]["of"] == everything.fingerprint
    split_pushes(recorded(tmp_path / "r", "x"), tmp_path / "three", 0.5, seed=0)
    pool = CropPool.open(tmp_path / "three" / "train" / "crops")
    assert pool.object_names == load_dataset(tmp_path / "three" / "train").object_names and len(pool.object_names) == 1


def test_what_cannot_be_parted(tmp_path: Path) -> None:
    source = write_pushes(tmp_path / "all", systems=1)
    with pytest.raises(ValueError, match="holds 1 system; parting takes two"):
        split_pushes(source, tmp_path / "out", 0.5, seed=0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        split_pushes(write_pushes(tmp_path / "more"), tmp_path / "out", 1.0, seed=0)
    (tmp_path / "out" / "train").mkdir(parents=True)
    (tmp_path / "out" / "train" / "mine.txt").write_text(json.dumps("keep"))
    with pytest.raises(ValueError, match="not an empty folder"):
        split_pushes(tmp_path / "more", tmp_path / "out", 0.5, seed=0)

"""Folders of trajectories: whole or refused, never mixed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from hyperdynamics_core.data.push_folder import physics_fingerprint
from hyperdynamics_core.data.shards import shard_path, write_shard
from hyperdynamics_core.data.trajectories import load_dataset, load_datasets, read_header, write_header
from tests.data.test_shards import some_shard


def some_folder(folder: Path, physics: str = "p1", objects: tuple[str, ...] = ("a", "b"), shards: int = 2) -> Path:
    folder.mkdir()
    settings = {"robot": physics, "rate_hz": 240}
    marks = {"fingerprint": f"{folder.name}-{physics}", "physics_fingerprint": physics_fingerprint(settings)}
    write_header(folder, {**marks, "physics": settings, "objects": list(objects), "shards": shards})
    for i in range(shards):
        write_shard(shard_path(folder, i), some_shard(i, first_system=2 * i), marks)
    return folder


def edit_header(folder: Path, **changes: object) -> None:
    """Change entries of dataset.json; None takes one out."""
    path = folder / "dataset.json"
    entries = {**json.loads(path.read_text()), **changes}
    path.write_text(json.dumps({name: value for name, value in entries.items() if value is not None}))


def test_a_truncated_shard_is_named(tmp_path: Path) -> None:
    folder = some_folder(tmp_path / "d")
    path = shard_path(folder, 1)
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(ValueError, match="shard-00001.npz cannot be read.*cut short"):
        load_dataset(folder)


def test_a_folder_is_loaded_whole(tmp_path: Path) -> None:
    dataset = load_dataset(some_folder(tmp_path / "d"))
    assert len(dataset) == 8
    assert dataset.states.shape == (8, 6, 16)
    assert dataset.actions.shape == (8, 5, 3)
    assert list(dataset.data.system_index) == [0, 0, 1, 1, 2, 2, 3, 3]
    assert dataset.object_name(1) == "b"
    assert len(dataset.subset(dataset.data.object_index == 1)) == 4


def test_missing_shards_are_counted(tmp_path: Path) -> None:
    folder = some_folder(tmp_path / "d", shards=3)
    shard_path(folder, 1).unlink()
    with pytest.raises(ValueError, match="lacks 1 of 3 shards.*shard-00001.npz"):
        load_dataset(folder)
    assert len(load_dataset(folder, partial=True)) == 8


def test_a_shard_of_another_collection_is_refused(tmp_path: Path) -> None:
    folder, other = some_folder(tmp_path / "d"), some_folder(tmp_path / "e", physics="p2")
    shard_path(other, 1).replace(shard_path(folder, 1))
    with pytest.raises(ValueError, match="shard-00001.npz belongs to collection e-p2, its folder to d-p1"):
        load_dataset(folder)


def test_a_folder_without_a_data_set_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="hyperdynamics collect push"):
        load_dataset(tmp_path)
    (tmp_path / "dataset.json").write_text("{")
    with pytest.raises(ValueError, match="is not JSON"):
        load_dataset(tmp_path)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"objects": None}, "lacks objects"),
        ({"physics": None, "shards": None}, "lacks physics, shards"),
        ({"fingerprint": 3}, "lacks fingerprint, or has a wrong value there"),
        ({"shards": 0}, "lacks shards"),
        ({"physics": {"robot": "p1", "rate_hz": 120}}, "changed by hand"),
        ({"physics_fingerprint": "p"}, "but says p; it was changed by hand"),
        ({"objects": ["a"]}, "shard-00000.npz has the object number 1, which must be 0 to 0"),
    ],
)
def test_an_edited_data_set_is_refused(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    folder = some_folder(tmp_path / "d")
    edit_header(folder, **changes)
    with pytest.raises(ValueError, match=words):
        load_dataset(folder)


def test_a_shard_of_other_physics_or_unknown_objects_is_refused(tmp_path: Path) -> None:
    folder = some_folder(tmp_path / "d")
    header = read_header(folder)
    marks = {name: header[name] for name in ("fingerprint", "physics_fingerprint")}
    shard = some_shard(1)
    write_shard(shard_path(folder, 1), shard, {**marks, "physics_fingerprint": "p9"})
    with pytest.raises(ValueError, match="shard-00001.npz has physics p9, its folder"):
        load_dataset(folder)
    write_shard(shard_path(folder, 1), replace(shard, object_index=shard.object_index - 1), marks)
    with pytest.raises(ValueError, match="shard-00001.npz has the object number -1"):
        load_dataset(folder)


def test_folders_of_one_physics_are_joined(tmp_path: Path) -> None:
    first = some_folder(tmp_path / "d")
    second = some_folder(tmp_path / "e", objects=("b", "c"))
    both = load_datasets([first, second])
    assert both.object_names == ("a", "b", "c")
    assert [both.object_name(i) for i in (0, 1, 8, 9)] == ["a", "b", "b", "c"]
    assert len(set(both.data.system_index)) == 8


def test_other_physics_is_refused_by_name(tmp_path: Path) -> None:
    folders = [some_folder(tmp_path / "d"), some_folder(tmp_path / "e", physics="p2")]
    with pytest.raises(ValueError, match="different settings robot must not be mixed"):
        load_datasets(folders)
    with pytest.raises(ValueError, match="no data folder"):
        load_datasets([])

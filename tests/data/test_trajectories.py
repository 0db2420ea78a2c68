"""Shards and folders of trajectories: whole or refused, byte-equal, never mixed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hyperdynamics_core.data.trajectories import (
    Shard,
    load_dataset,
    load_datasets,
    read_shard,
    shard_path,
    write_header,
    write_shard,
)


def some_shard(seed: int = 0, count: int = 4, first_system: int = 0) -> Shard:
    rng = np.random.default_rng(seed)
    return Shard(
        rng.normal(size=(count, 6, 16)).astype(np.float32),
        rng.normal(size=(count, 5, 3)).astype(np.float32),
        np.arange(count) % 2,
        first_system + np.arange(count) // 2,
        np.full(count, 500, np.float32),
        np.full(count, 1e-3, np.float32),
        np.zeros((count, 3), np.float32),
    )


def some_folder(folder: Path, physics: str = "p1", objects: tuple[str, ...] = ("a", "b"), shards: int = 2) -> Path:
    folder.mkdir()
    header = {
        "fingerprint": f"{folder.name}-{physics}",
        "physics_fingerprint": physics,
        "physics": {"robot": physics, "rate_hz": 240},
        "objects": list(objects),
        "shards": shards,
    }
    write_header(folder, header)
    for i in range(shards):
        write_shard(shard_path(folder, i), some_shard(i, first_system=2 * i), {"fingerprint": header["fingerprint"]})
    return folder


def test_a_shard_comes_back_as_it_was(tmp_path: Path) -> None:
    shard = some_shard()
    write_shard(tmp_path / "shard-00000.npz", shard, {"seed": 3})
    again, meta = read_shard(tmp_path / "shard-00000.npz")
    for name, array in shard.arrays().items():
        assert np.array_equal(again.arrays()[name], array)
    assert meta["seed"] == 3
    assert [path.name for path in tmp_path.iterdir()] == ["shard-00000.npz"]


def test_equal_arrays_are_equal_bytes(tmp_path: Path) -> None:
    write_shard(tmp_path / "a.npz", some_shard(), {})
    write_shard(tmp_path / "b.npz", some_shard(), {})
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_numbers_that_are_not_finite_are_not_written(tmp_path: Path) -> None:
    shard = some_shard()
    shard.states[1, 2, 3] = np.nan
    with pytest.raises(ValueError, match="states holds numbers that are not finite"):
        write_shard(tmp_path / "a.npz", shard, {})
    assert not list(tmp_path.iterdir())


def test_wrong_shapes_name_the_array(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"mass has shape \(3,\), expected \(4,\)"):
        write_shard(tmp_path / "a.npz", replace(some_shard(), mass=np.ones(3, np.float32)), {})


def test_a_truncated_shard_is_named(tmp_path: Path) -> None:
    folder = some_folder(tmp_path / "d")
    path = shard_path(folder, 1)
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(ValueError, match="shard-00001.npz cannot be read.*cut short"):
        load_dataset(folder)


def test_a_bit_that_flipped_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    write_shard(path, some_shard(), {})
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0xFF
    path.write_bytes(bytes(content))
    with pytest.raises(ValueError, match="a.npz"):
        read_shard(path)


def test_a_foreign_npz_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.ones(3))
    with pytest.raises(ValueError, match="not a shard of push trajectories"):
        read_shard(tmp_path / "a.npz")
    (tmp_path / "b.npz").write_bytes(b"hello")
    with pytest.raises(ValueError, match="cannot be read"):
        read_shard(tmp_path / "b.npz")


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

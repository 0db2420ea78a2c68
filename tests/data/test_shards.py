"""Shards of trajectories: whole or refused, byte-equal."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hyperdynamics_core.data.shards import Shard, read_shard, write_shard


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


def test_any_single_bit_that_flips_gives_a_shard_or_a_clear_error(tmp_path: Path) -> None:
    path, flipped = tmp_path / "a.npz", tmp_path / "flipped.npz"
    write_shard(path, some_shard(count=21), {})
    content, before = path.read_bytes(), read_shard(path)[0].arrays()
    near_headers = [*range(250), *range(len(content) - 450, len(content))]
    rng, refused = np.random.default_rng(0), 0
    for place in [*near_headers, *rng.integers(0, len(content), 300)]:
        damaged = bytearray(content)
        damaged[place] ^= 1 << int(rng.integers(8))
        flipped.write_bytes(damaged)
        try:
            after = read_shard(flipped)[0].arrays()
        except ValueError as error:
            assert "flipped.npz" in str(error)
            refused += 1
        else:
            assert all(np.array_equal(array, before[name]) for name, array in after.items())
    assert refused > 600


def test_an_unknown_compression_is_an_unreadable_shard(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    write_shard(path, some_shard(), {})
    path.write_bytes(path.read_bytes().replace(b"\x14\0\0\0\x08\0", b"\x14\0\0\0\x63\0"))
    with pytest.raises(ValueError, match=r"a.npz cannot be read \(That compression method is not supported"):
        read_shard(path)

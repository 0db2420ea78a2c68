"""Collecting: deterministic, resumable after kill -9, and never of mixed settings."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hyperdynamics_core.data.shards import read_shard
from hyperdynamics_core.data.trajectories import load_dataset, load_datasets
from sim_bridges.pushing.collect import CollectConfig, collect

SMALL = {"physics": "gantry", "shard_trajectories": 4, "trajectories_per_system": 2, "steps": 2}


def config(out: Path, trajectories: int = 8, **changes: object) -> CollectConfig:
    return CollectConfig(out=out, trajectories=trajectories, **{**SMALL, **changes})


def shard_bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("shard-*"))}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "data"
    collect(config(folder, 24), quiet=True)
    return folder


def test_what_is_stored(whole: Path) -> None:
    dataset = load_dataset(whole)
    assert dataset.states.shape == (24, 3, 16)
    assert np.array_equal(dataset.data.system_index, np.arange(24) // 2)
    assert np.array_equal(dataset.data.mass[::2], dataset.data.mass[1::2])
    assert len(set(dataset.data.mass)) == 12
    assert np.allclose(np.linalg.norm(dataset.states[..., 3:7], axis=-1), 1, atol=1e-5)
    length = np.linalg.norm(dataset.actions, axis=-1)
    assert length.min() >= 0.03 - 1e-6 and length.max() <= 0.06 + 1e-6
    executed = dataset.states[:, 1:, 13:] - dataset.states[:, :-1, 13:]
    assert np.median(np.linalg.norm(executed - dataset.actions, axis=-1)) < 2e-3
    assert dataset.physics["robot"] == "gantry"
    assert dataset.meta["versions"]["pybullet"]


def test_kept_trajectories_stay_on_the_table_and_the_others_are_counted(whole: Path) -> None:
    assert np.abs(load_dataset(whole).states[..., :2]).max() <= 0.3
    _, meta = read_shard(whole / "shard-00000.npz")
    assert set(meta["filtered"]) == {"fell", "toppled", "out_of_reach"}


def test_kill_minus_nine_loses_and_doubles_nothing(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    options = [f"--{key.replace('_', '-')}={value}" for key, value in SMALL.items()]
    command = [sys.executable, "-m", "sim_bridges.pushing.collect", f"--out={folder}", "--trajectories=24", *options]
    process = subprocess.Popen([*command, "--workers=2"], start_new_session=True, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 300
    while not list(folder.glob("shard-*.npz")) and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    before = shard_bytes(folder)
    assert 0 < len(before) < 6
    wait_for_group_to_end(process.pid)
    summary = collect(config(folder, 24), quiet=True)
    assert summary.shards_skipped >= len([name for name in before if name.endswith(".npz")])
    assert shard_bytes(folder) == shard_bytes(whole)
    assert not list(folder.glob("*.tmp"))


def wait_for_group_to_end(group: int) -> None:
    """Workers whose parent was killed must go by themselves."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    raise AssertionError("workers outlived their parent")


def test_a_run_that_goes_on_tells_what_all_runs_threw_away(tmp_path: Path) -> None:
    wanted = config(tmp_path / "data", 16, region=0.3)
    told = collect(wanted, quiet=True)
    counts = [read_shard(path)[1]["filtered"] for path in sorted(wanted.out.glob("shard-*"))]
    assert told.filtered["fell"] == sum(each["fell"] for each in counts) > counts[0]["fell"]
    (wanted.out / "shard-00000.npz").unlink()
    again = collect(wanted, quiet=True)
    assert again.shards_written == 1 and again.filtered == told.filtered
    assert collect(wanted, quiet=True).filtered == told.filtered


def test_more_trajectories_extend_what_is_there(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    collect(config(folder, 6), quiet=True)
    summary = collect(config(folder, 24), quiet=True)
    assert summary.shards_skipped == 1
    assert shard_bytes(folder) == shard_bytes(whole)
    with pytest.raises(ValueError, match="collection of 24 trajectories"):
        collect(config(folder, 6), quiet=True)


def test_a_damaged_shard_is_collected_again(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    collect(config(folder), quiet=True)
    shard = folder / "shard-00001.npz"
    for damaged in (shard.read_bytes()[:200], shard.read_bytes().replace(b"\x14\0\0\0\x08\0", b"\x14\0\0\0\x63\0")):
        shard.write_bytes(damaged)
        assert collect(config(folder), quiet=True).shards_written == 1
        assert shard.read_bytes() == (whole / "shard-00001.npz").read_bytes()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"physics": "kuka"}, "physics"),
        ({"seed": 5}, "seed"),
        ({"variation": "wide"}, "variation"),
        ({"steps": 3}, "steps"),
    ],
)
def test_another_configuration_is_refused(whole: Path, change: dict[str, object], named: str) -> None:
    before = shard_bytes(whole)
    with pytest.raises(ValueError, match=f"{named}.*not mixed"):
        collect(config(whole, 24, **change), quiet=True)
    assert shard_bytes(whole) == before


def test_folders_of_other_physics_are_not_joined(whole: Path, tmp_path: Path) -> None:
    collect(config(tmp_path / "kuka", 2, physics="kuka", shard_trajectories=2), quiet=True)
    with pytest.raises(ValueError, match="must not be mixed"):
        load_datasets([whole, tmp_path / "kuka"])


def test_bad_configurations_say_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="2 or more"):
        config(tmp_path, trajectories_per_system=1)
    with pytest.raises(ValueError, match="multiple of 2"):
        config(tmp_path, shard_trajectories=5)
    with pytest.raises(ValueError, match="unknown object"):
        config(tmp_path, objects=("mug/9",))
    with pytest.raises(ValueError, match="seen, novel, all"):
        config(tmp_path, split="train")
    (tmp_path / "x.npz").write_bytes(b"")
    with pytest.raises(ValueError, match="no dataset.json"):
        collect(config(tmp_path), quiet=True)


def test_one_writer_a_folder(whole: Path) -> None:
    from sim_bridges.workers import folder_lock

    with folder_lock(whole), pytest.raises(ValueError, match="another collection is writing"):
        collect(replace(config(whole, 24)), quiet=True)

"""Joining and parting sets: nothing lost, nothing doubled, nothing mixed."""

from pathlib import Path

import numpy as np
import pytest

from hyperdynamics_core.data.array_folder import DataFolderError
from hyperdynamics_core.data.episode_sets import merge, split
from hyperdynamics_core.data.episodes import EpisodeSet, EpisodeWriter
from tests.data.episode_examples import GAIN, gain_episodes


def write(folder: Path, count: int, seed: int = 0, dt: float = 0.1) -> Path:
    writer = EpisodeWriter(folder, GAIN, {"dt": dt}, ("gain",), {"seed": seed})
    for episode in gain_episodes(count, steps=20, seed=seed):
        writer.add(**episode.arrays(), spec=episode.spec)
    return folder


def keys(folder: Path) -> list[bytes]:
    return [episode.states.tobytes() + episode.spec.encode() for episode in EpisodeSet.open(folder, GAIN).episodes]


def test_merging_keeps_every_episode_in_its_order(tmp_path: Path) -> None:
    parts = [write(tmp_path / "a", 3, seed=1), write(tmp_path / "b", 2, seed=2)]
    assert merge(parts, tmp_path / "all", GAIN) == 5
    assert keys(tmp_path / "all") == keys(parts[0]) + keys(parts[1])
    merged = EpisodeSet.open(tmp_path / "all", GAIN)
    assert merged.meta["merged"] == [EpisodeSet.open(part, GAIN).fingerprint for part in parts]
    assert [part["seed"] for part in merged.meta["sets"]] == [1, 2] and merged.hidden_names == ("gain",)


def test_what_must_not_be_merged(tmp_path: Path) -> None:
    first, copy, other = write(tmp_path / "a", 3), write(tmp_path / "b", 3), write(tmp_path / "c", 3, dt=0.2)
    with pytest.raises(DataFolderError, match="holds the same episodes"):
        merge([first, copy], tmp_path / "all", GAIN)
    with pytest.raises(DataFolderError, match="must not be mixed"):
        merge([first, other], tmp_path / "all", GAIN)
    assert not (tmp_path / "all").exists()
    with pytest.raises(DataFolderError, match="not an empty folder"):
        merge([first, write(tmp_path / "d", 2, seed=4)], other, GAIN)
    assert len(keys(other)) == 3


def test_parting_is_by_whole_episodes_and_repeatable(tmp_path: Path) -> None:
    source = write(tmp_path / "all", 10)
    assert split(source, tmp_path / "one", GAIN, 0.3, seed=5) == (7, 3)
    train, held = keys(tmp_path / "one" / "train"), keys(tmp_path / "one" / "held-out")
    assert len(train) == 7 and len(held) == 3 and sorted(train + held) == sorted(keys(source))
    split(source, tmp_path / "two", GAIN, 0.3, seed=5)
    assert keys(tmp_path / "two" / "held-out") == held
    split(source, tmp_path / "three", GAIN, 0.3, seed=6)
    assert keys(tmp_path / "three" / "held-out") != held
    part = EpisodeSet.open(tmp_path / "one" / "train", GAIN).meta["part"]
    assert (part["name"], part["share"], part["seed"]) == ("train", 0.3, 5)


@pytest.mark.parametrize(("share", "parts"), [(0.01, (3, 1)), (0.99, (1, 3))])
def test_neither_part_is_empty(tmp_path: Path, share: float, parts: tuple[int, int]) -> None:
    assert split(write(tmp_path / "all", 4), tmp_path / "out", GAIN, share, seed=0) == parts


def test_what_cannot_be_parted(tmp_path: Path) -> None:
    source = write(tmp_path / "all", 4)
    for share in (0.0, 1.0, np.nan):
        with pytest.raises(ValueError, match="between 0 and 1"):
            split(source, tmp_path / "out", GAIN, share, seed=0)
    with pytest.raises(DataFolderError, match="holds 1 episode"):
        split(write(tmp_path / "one", 1), tmp_path / "out", GAIN, 0.5, seed=0)
    (tmp_path / "out" / "train").mkdir(parents=True)
    (tmp_path / "out" / "train" / "mine.txt").write_text("keep")
    with pytest.raises(DataFolderError, match="not an empty folder"):
        split(source, tmp_path / "out", GAIN, 0.5, seed=0)
    assert not (tmp_path / "out" / "held-out").exists()

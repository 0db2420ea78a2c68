import json
from pathlib import Path

import numpy as np
import pytest

from hyperdynamics_core.data.array_folder import DataFolderError
from hyperdynamics_core.data.episodes import EpisodeSet, EpisodeWriter, join_sets, make_episode
from hyperdynamics_core.systems.legged import CHEETAH
from tests.data.episode_examples import GAIN, gain_episodes

PHYSICS = {"task": "gain", "dt": 0.1}


def write(folder: Path, count: int = 3, physics: dict | None = None, seed: int = 0) -> EpisodeWriter:
    writer = EpisodeWriter(folder, GAIN, physics or PHYSICS, ("gain",), {"split": "seen"})
    for episode in gain_episodes(count, steps=20, seed=seed):
        writer.add(**episode.arrays(), spec=episode.spec)
    return writer


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    assert len(write(tmp_path / "set")) == 3
    data = EpisodeSet.open(tmp_path / "set", GAIN)
    assert len(data) == 3 and data.hidden_names == ("gain",) and data.physics == PHYSICS
    assert data.meta == {"split": "seen"}
    for index, episode in enumerate(gain_episodes(3, steps=20)):
        stored = data.episode(index)
        assert len(stored) == 20 and stored.spec == episode.spec and "gain" in json.loads(stored.spec)
        for name, array in episode.arrays().items():
            assert np.array_equal(stored.arrays()[name], array) and stored.arrays()[name].dtype == np.float32


def test_a_collection_goes_on_after_its_last_whole_episode(tmp_path: Path) -> None:
    write(tmp_path / "a", 2)
    (tmp_path / "a" / "episode-000002.npz.77.tmp").write_bytes(b"half")
    writer = EpisodeWriter(tmp_path / "a", GAIN, PHYSICS, ("gain",), {"split": "seen"})
    assert len(writer) == 2 and not list((tmp_path / "a").glob("*.tmp"))
    last = gain_episodes(3, steps=20)[2]
    assert writer.add(**last.arrays(), spec=last.spec) == 2
    write(tmp_path / "b", 3)
    fingerprints = {EpisodeSet.open(tmp_path / name).fingerprint for name in "ab"}
    assert len(fingerprints) == 1
    write(tmp_path / "c", 3, seed=1)
    assert EpisodeSet.open(tmp_path / "c").fingerprint not in fingerprints


def test_other_systems_and_physics_are_not_mixed(tmp_path: Path) -> None:
    write(tmp_path / "a")
    with pytest.raises(DataFolderError, match=r"another collection .physics.dt 0.1 there, 0.2 now."):
        EpisodeWriter(tmp_path / "a", GAIN, {**PHYSICS, "dt": 0.2}, ("gain",), {"split": "seen"})
    with pytest.raises(DataFolderError, match="another collection .system 'gain' there, 'cheetah' now"):
        EpisodeWriter(tmp_path / "a", CHEETAH, PHYSICS, ("gain",), {"split": "seen"})
    with pytest.raises(DataFolderError, match="holds episodes of 'gain', but 'cheetah' is needed"):
        EpisodeSet.open(tmp_path / "a", CHEETAH)
    write(tmp_path / "b", physics={**PHYSICS, "dt": 0.2})
    sets = [EpisodeSet.open(tmp_path / name) for name in "ab"]
    with pytest.raises(DataFolderError, match="must not be mixed .* differ in dt"):
        join_sets(sets)
    assert len(join_sets([sets[0], sets[0]])) == 6


def test_only_the_settings_that_differ_are_named(tmp_path: Path) -> None:
    meta = {"split": "seen", "seeds": [0], "planning": {"candidates": 500, "horizon": 20}}
    EpisodeWriter(tmp_path, GAIN, PHYSICS, ("gain",), meta)
    changed = {**meta, "seeds": [1], "planning": {"candidates": 500, "horizon": 10, "hold": 1}}
    with pytest.raises(DataFolderError) as caught:
        EpisodeWriter(tmp_path, GAIN, PHYSICS, ("gain",), changed)
    words = (
        "meta.seeds [0] there, [1] now, meta.planning.horizon 20 there, 10 now, meta.planning.hold nothing there, 1 now"
    )
    assert f"another collection ({words}); choose" in str(caught.value)


def test_damaged_folders(tmp_path: Path) -> None:
    with pytest.raises(DataFolderError, match="is no set of episodes"):
        EpisodeSet.open(tmp_path / "nowhere")
    writer = EpisodeWriter(tmp_path / "a", GAIN, PHYSICS, ("gain",), {"split": "seen"})
    with pytest.raises(DataFolderError, match="holds no episode yet"):
        EpisodeSet.open(tmp_path / "a")
    write(tmp_path / "a")
    path = tmp_path / "a" / "episode-000001.npz"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataFolderError, match="episode-000001.npz cannot be read .*cut short"):
        EpisodeSet.open(tmp_path / "a")
    path.unlink()
    with pytest.raises(DataFolderError, match="episode-000001.npz is missing"):
        EpisodeSet.open(tmp_path / "a")
    (tmp_path / "a" / "dataset.json").write_text("{")
    with pytest.raises(DataFolderError, match="is not JSON"):
        EpisodeSet.open(tmp_path / "a")
    assert len(writer) == 0


def test_bad_episodes_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    writer = write(tmp_path / "a", 1)
    good = gain_episodes(1, steps=20)[0]
    bad = good.states.copy()
    bad[3, 1] = np.nan
    with pytest.raises(DataFolderError, match="states of an episode hold numbers that are not finite"):
        writer.add(bad, good.actions, good.rewards, good.hidden)
    with pytest.raises(DataFolderError, match=r"actions of an episode of 'gain' must have shape .20, 1., got .20, 2."):
        make_episode(GAIN, 1, good.states, np.zeros((20, 2)), good.rewards, good.hidden)
    assert len(EpisodeSet.open(tmp_path / "a")) == 1

from pathlib import Path

import numpy as np
import pytest

from hyperdynamics_core.data.array_folder import DataFolderError
from hyperdynamics_core.data.replay_buffer import ReplayBuffer
from hyperdynamics_core.systems.legged import CHEETAH
from tests.data.episode_examples import GAIN, gain_episodes


def filled(count: int, capacity: int = 100) -> ReplayBuffer:
    buffer = ReplayBuffer(GAIN, capacity, ("gain",))
    for episode in gain_episodes(count, steps=30):
        buffer.add(episode)
    return buffer


def test_the_oldest_episodes_leave() -> None:
    buffer, episodes = filled(5), gain_episodes(5, steps=30)
    assert (len(buffer), buffer.steps, buffer.added) == (3, 90, 5)
    assert [episode.spec for episode in buffer] == [episode.spec for episode in episodes[2:]]
    assert np.array_equal(buffer.episode(0).states, episodes[2].states)


def test_saved_and_loaded_it_goes_on_the_same(tmp_path: Path) -> None:
    buffer, other = filled(4), ReplayBuffer(GAIN, 100, ("gain",))
    buffer.save(tmp_path / "buffer.npz")
    other.load(tmp_path / "buffer.npz")
    last = gain_episodes(5, steps=30)[4]
    for each in (buffer, other):
        each.add(last)
    assert other.added == buffer.added == 5 and len(other) == len(buffer) == 3
    for one, two in zip(buffer, other, strict=True):
        assert one.spec == two.spec and all(np.array_equal(one.arrays()[k], two.arrays()[k]) for k in one.arrays())
    empty = ReplayBuffer(GAIN, 100, ("gain",))
    empty.save(tmp_path / "empty.npz")
    other.load(tmp_path / "empty.npz")
    assert len(other) == 0


def test_foreign_and_damaged_buffers(tmp_path: Path) -> None:
    buffer, path = filled(3), tmp_path / "buffer.npz"
    buffer.save(path)
    with pytest.raises(DataFolderError, match="is of 'gain' .* but 'cheetah'"):
        ReplayBuffer(CHEETAH).load(path)
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(DataFolderError, match="cannot be read"):
        buffer.load(path)
    assert len(buffer) == 3
    with pytest.raises(ValueError, match="takes episodes of sizes"):
        ReplayBuffer(CHEETAH, 100, ("gain",)).add(gain_episodes(1)[0])
    with pytest.raises(ValueError, match="60 steps"):
        ReplayBuffer(GAIN, 50, ("gain",)).add(gain_episodes(1)[0])

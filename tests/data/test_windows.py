from dataclasses import replace

import numpy as np
import pytest
import torch

from hyperdynamics_core.data.episodes import make_episode
from hyperdynamics_core.data.windows import WindowConfig, WindowData
from hyperdynamics_core.systems.legged import ANT
from tests.data.episode_examples import GAIN

CONFIG = WindowConfig(windows=400, targets=5, steps=4, reach=6, dropout=0.25, unroll=3)


def counting_data(lengths: tuple[int, ...] = (12, 7, 20)) -> WindowData:
    """x counts steps over all episodes, v is the episode, a is the time: every number tells where it comes from."""
    episodes, start = [], 0.0
    for index, length in enumerate(lengths):
        states = np.stack((start + np.arange(length + 1), np.full(length + 1, index)), axis=1)
        actions = np.arange(length)[:, None]
        episodes.append(make_episode(GAIN, 1, states, actions, np.zeros(length), np.full((length, 1), 10.0 * index)))
        start += 100.0
    return WindowData(GAIN, episodes)


def test_windows_stay_in_their_episode_and_targets_follow() -> None:
    data = counting_data()
    batch = data.draw(CONFIG, torch.Generator().manual_seed(0))
    episode, time = batch.target_features[:, 0].unbind(-1)
    assert batch.features.shape == (400, 4, 2) and batch.target_deltas.shape == (400, 5, 2)
    known = batch.mask.all(1)
    assert (known == batch.mask.any(1)).all() and (time[known] >= 4).all()
    late = time >= 4
    assert 0.6 < known[late].float().mean() < 0.9 and late.sum() < 400
    expected = time[known].unsqueeze(1) + torch.arange(-4, 0)
    assert torch.equal(batch.features[known][..., 1], expected)
    assert torch.equal(batch.features[known][..., 0], episode[known].unsqueeze(1).expand(-1, 4))
    assert torch.equal(batch.truth[:, 0], 10.0 * episode)
    offsets = batch.target_features[..., 1] - time.unsqueeze(1)
    assert offsets.min() == 0 and offsets.max() == 5 and (batch.target_features[..., 0] == episode.unsqueeze(1)).all()
    assert (batch.target_deltas[..., 0] == 1).all() and (batch.differences[known][..., 0] == 1).all()


def test_every_step_is_a_target_and_paths_do_not_run_over_the_end() -> None:
    data = counting_data()
    assert len(data.steps) == 39
    batch = data.draw(CONFIG, torch.Generator().manual_seed(1))
    assert torch.equal(batch.path_states[:, 1:, 0], batch.path_states[:, :1, 0] + torch.arange(1, 4))
    assert (batch.path_states[..., 1] == batch.path_states[:, :1, 1]).all()
    assert torch.equal(batch.path_actions[..., 0], batch.target_features[:, :1, 1] + torch.arange(3))
    one = data.draw(WindowConfig(windows=4000, steps=4), torch.Generator().manual_seed(2))
    seen = {tuple(row.tolist()) for row in one.target_features.flatten(0, 1)}
    assert len(seen) == 39 and one.path_states.shape[1] == 1


def test_episodes_that_ended_early_are_left_out_of_paths() -> None:
    data = counting_data()
    short, long = int(data.lengths.argmin()), int(data.lengths.max())
    batch = data.draw(WindowConfig(windows=400, steps=4, unroll=int(data.lengths.min()) + 1), torch.Generator())
    assert int(data.lengths.min()) < long and short not in batch.truth[:, 0].div(10.0)
    assert torch.equal(batch.path_states[:, -1, 0] - batch.path_states[:, 0, 0], torch.full((400,), 8.0))


def test_bad_settings() -> None:
    with pytest.raises(ValueError, match="no episode"):
        WindowData(GAIN, [])
    with pytest.raises(ValueError, match="no episode can be unrolled 99 steps, the longest has "):
        counting_data().draw(WindowConfig(unroll=99), torch.Generator())
    with pytest.raises(ValueError, match="targets must be at least 1"):
        WindowConfig(targets=0)


def crippled_ant(names: tuple[str, ...]) -> WindowData:
    """Three episodes of an ant that never was, joint 2 (the hip of leg 2) crippled."""
    rng, hidden = np.random.default_rng(0), np.eye(8)[np.full(30, 2)]
    episodes = []
    for _ in range(3):
        states = rng.normal(size=(31, 29))
        states[:, 3:7] /= np.linalg.norm(states[:, 3:7], axis=1, keepdims=True)
        episodes.append(make_episode(ANT, 8, states, rng.uniform(-1, 1, (30, 8)), np.zeros(30), hidden))
    return WindowData(ANT, episodes, names)


def test_mirrored_windows_are_mirrored_as_a_whole() -> None:
    data = crippled_ant(tuple(f"crippled/{joint}" for joint in ANT.joint_names))
    config = WindowConfig(windows=200, targets=3, steps=4, unroll=2)
    plain = data.draw(replace(config, mirrored=False), torch.Generator().manual_seed(0))
    batch = data.draw(config, torch.Generator().manual_seed(0))
    assert ANT.symmetries is not None
    which = torch.zeros(200, dtype=torch.long)
    for number, (state, action) in enumerate(zip(ANT.symmetries.states, ANT.symmetries.actions, strict=True)):
        image = (plain.path_states @ state.mT - batch.path_states).abs().flatten(1).amax(1) < 1e-5
        which[image] = number
        torch.testing.assert_close(batch.path_actions[image], plain.path_actions[image] @ action.mT)
        torch.testing.assert_close(batch.differences[image], plain.differences[image] @ state.mT)
        assert 10 < image.sum() < 45
    torch.testing.assert_close(
        batch.target_features[:, 0], ANT.features(batch.path_states[:, 0], batch.path_actions[:, 0])
    )
    assert torch.equal(batch.truth.argmax(1), ANT.symmetries.joints[which, 2])


def test_hidden_values_of_some_joints_only_are_refused() -> None:
    with pytest.raises(ValueError, match="no joint or of each"):
        crippled_ant((*(f"crippled/{joint}" for joint in ANT.joint_names[:7]), "mass"))

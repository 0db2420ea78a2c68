"""Looks at recorded episodes, in the real simulator."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from hyperdynamics_core.data.episodes import Episode, make_episode
from hyperdynamics_core.systems.legged import ANT
from sim_bridges.locomotion.plan_looks import Look, LookConfig, look_at
from sim_bridges.locomotion.tasks import EpisodeSpec, draw_episode, task_named
from sim_bridges.locomotion.walking import random_episode
from sim_bridges.locomotion.world import LeggedWorld

TASK = task_named("ant-slope")
CONFIG = LookConfig(every=10, sequences=6, horizon=5, hold=2)


def recorded(steps: int = 45) -> Episode:
    spec = draw_episode(TASK, "seen", np.random.default_rng(3))
    walk = random_episode(LeggedWorld(TASK), spec, torch.Generator().manual_seed(0), steps, 2.0).episode
    return make_episode(ANT, 1, walk.states, walk.actions, walk.rewards, walk.hidden, walk.spec)


def looks(episode: Episode, config: LookConfig = CONFIG) -> list[Look]:
    return list(look_at(LeggedWorld(TASK), episode, config, torch.Generator().manual_seed(1)))


def test_looks_begin_with_the_first_full_window_and_are_where_the_episode_was() -> None:
    episode = recorded()
    found = looks(episode)
    assert len(found) == 3  # after 20, 30 and 40 steps
    for look, number in zip(found, (20, 30, 40), strict=True):
        np.testing.assert_allclose(look.state, episode.states[number], atol=1e-5)
        assert look.context.interactions is not None
        np.testing.assert_allclose(look.context.interactions.next_states[-1], episode.states[number], atol=1e-5)
        assert look.context.truth is not None and look.context.truth.shape == (1,)


def test_returns_are_those_of_carrying_a_sequence_out() -> None:
    episode = recorded(25)
    (look,) = looks(episode)
    world = LeggedWorld(TASK)
    for index in (0, 4):
        world.reset(EpisodeSpec.from_json(episode.spec))
        for action in episode.actions[:20]:
            world.step(action.astype(np.float64))
        total = sum(world.step(action.numpy().astype(np.float64)).reward for action in look.actions[index])
        assert look.returns[index] == pytest.approx(total, abs=1e-3)


def test_sequences_are_held_calm_and_the_same_for_the_same_seed() -> None:
    first, same = looks(recorded(25)), looks(recorded(25))
    assert torch.equal(first[0].actions, same[0].actions)
    assert torch.equal(first[0].actions[:, 0], first[0].actions[:, 1])
    assert not torch.equal(first[0].actions[:, 1], first[0].actions[:, 2])
    assert float(first[0].actions.abs().max()) <= ANT.calm < 1.0


def test_an_episode_that_goes_otherwise_than_recorded_is_refused() -> None:
    episode = recorded(25)
    states = episode.states.copy()
    states[7:] += 0.1
    with pytest.raises(ValueError, match="0.1 off what was recorded at step 7"):
        looks(replace(episode, states=states))


@pytest.mark.parametrize("name", ["every", "horizon", "hold", "sequences"])
def test_numbers_that_make_no_sense(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be"):
        LookConfig(**{name: 0})

"""Records of episodes: whole, in step, and of no more than arrays and text."""

import dataclasses

import numpy as np
import pytest

from sim_bridges.locomotion.agents import RandomAgent, ZeroAgent
from sim_bridges.locomotion.episodes import run_episode
from sim_bridges.locomotion.tasks import EpisodeSpec, draw_episode, task_named
from sim_bridges.locomotion.world import LeggedWorld

TASK = task_named("cheetah-pier")


def test_a_record_can_be_walked_again() -> None:
    world, spec = LeggedWorld(TASK), draw_episode(TASK, "novel", np.random.default_rng(0))
    record = run_episode(world, spec, RandomAgent(np.random.default_rng(0)), steps=25)
    shapes = {each.name: np.shape(getattr(record, each.name)) for each in dataclasses.fields(record)}
    assert shapes == {"spec": (), "states": (26, 18), "actions": (25, 6), "rewards": (25,), "hidden": (25, 2)}
    again = LeggedWorld(TASK)
    states = [again.reset(EpisodeSpec.from_json(record.spec))]
    states += [again.step(action).state for action in record.actions]
    np.testing.assert_array_equal(np.stack(states), record.states)
    assert record.total_reward == pytest.approx(record.rewards.sum())


def test_the_agent_is_reset_after_the_world() -> None:
    seen = []

    class Watcher(ZeroAgent):
        def reset(self, world: LeggedWorld) -> None:
            seen.append(world.state())

    world, spec = LeggedWorld(TASK), draw_episode(TASK, "seen", np.random.default_rng(0))
    record = run_episode(world, spec, Watcher(), steps=2)
    np.testing.assert_array_equal(seen[0], record.states[0])


def test_an_episode_of_no_steps_is_refused() -> None:
    world, spec = LeggedWorld(TASK), draw_episode(TASK, "seen", np.random.default_rng(0))
    with pytest.raises(ValueError, match="at least 1 step"):
        run_episode(world, spec, ZeroAgent(), steps=0)

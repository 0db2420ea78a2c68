"""Walks with an untrained model in the real world."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from hyperdynamics_core.methods.config import locomotion_sizes
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.methods.registry import make_method
from hyperdynamics_core.planning.sequences import SequencePlanner, SequencePlannerConfig, make_planner
from hyperdynamics_core.systems.legged import ANT, CHEETAH, LeggedSystem
from sim_bridges.locomotion.tasks import draw_episode, task_named
from sim_bridges.locomotion.walking import Exploration, Mind, Walk, random_episode, walk_episode
from sim_bridges.locomotion.world import LeggedWorld

SMALL = SequencePlannerConfig(candidates=20, horizon=5)


def method(system: LeggedSystem = CHEETAH) -> LearnedMethod:
    torch.manual_seed(0)
    return make_method("hyperdynamics", locomotion_sizes(), system)


def planner(system: LeggedSystem = CHEETAH) -> SequencePlanner:
    return make_planner("cem", system, torch.Generator().manual_seed(0), SMALL)


def walk(world: LeggedWorld, mind: Mind, steps: int = 30, exploration: Exploration | None = None) -> Walk:
    spec = draw_episode(world.task, "seen", np.random.default_rng(0))
    generator = torch.Generator().manual_seed(1)
    return walk_episode(world, spec, mind, planner(world.system), steps, exploration, generator)


@pytest.mark.parametrize("name", ["cheetah-slope", "cheetah-pier", "ant-slope", "ant-pier"])
def test_a_walk_holds_all_that_happened(name: str) -> None:
    world = LeggedWorld(task_named(name))
    done = walk(world, Mind(method(world.system)))
    episode = done.episode
    assert episode.states.shape == (31, len(world.system.state_dimensions)) and episode.actions.shape[0] == 30
    states, actions = torch.from_numpy(episode.states), torch.from_numpy(episode.actions)
    np.testing.assert_allclose(episode.rewards, world.system.rewards(states, actions).numpy(), atol=1e-9)
    assert done.codes.shape == (30, 2) and bool((done.codes[:16] == 0).all()) and bool((done.codes[16:] != 0).all())
    assert len(done.planning_ms) == 30 and done.note == "" and np.isfinite(done.predicted_return)


def test_the_same_seeds_give_the_same_walk() -> None:
    world = LeggedWorld(task_named("cheetah-pier"))
    mind = Mind(method())
    first, other, again = walk(world, mind), walk(world, mind, 20), walk(world, mind)
    np.testing.assert_array_equal(first.episode.states, again.episode.states)
    np.testing.assert_array_equal(first.codes[:20], other.codes)


def test_exploration_changes_actions_within_bounds() -> None:
    world = LeggedWorld(task_named("cheetah-slope"))
    mind = Mind(method())
    plain, noisy = walk(world, mind), walk(world, mind, 30, Exploration(0.5))
    assert not np.allclose(plain.episode.actions[0], noisy.episode.actions[0])
    assert np.abs(noisy.episode.actions).max() <= 1.0


def test_a_plan_that_lasts_is_carried_out() -> None:
    world = LeggedWorld(task_named("cheetah-slope"))
    mind = Mind(method())
    plain, lasting = walk(world, mind), walk(world, mind, 30, Exploration(replan_every=3))
    np.testing.assert_array_equal(plain.episode.actions[0], lasting.episode.actions[0])
    assert not np.allclose(plain.episode.actions[1], lasting.episode.actions[1])
    with pytest.raises(ValueError, match="replan_every must be 1"):
        Exploration(replan_every=0)


def test_swapped_interactions_are_what_the_method_gets() -> None:
    world = LeggedWorld(task_named("cheetah-slope"))
    own = Mind(method())
    first = walk(world, own)
    swapped = Mind(method(), swapped=own.history.latest())
    second = walk(world, swapped)
    np.testing.assert_array_equal(first.codes[:16], second.codes[:16])
    assert np.ptp(second.codes[16:], axis=0).max() == 0.0 and np.ptp(first.codes[16:], axis=0).max() > 0.0


def test_random_walks_and_other_robots() -> None:
    world = LeggedWorld(task_named("ant-slope"))
    spec = draw_episode(world.task, "seen", np.random.default_rng(0))
    done = random_episode(world, spec, torch.Generator().manual_seed(0), 25)
    assert len(done.episode.actions) == 25 and done.codes.shape == (25, 0)
    assert abs(float(done.episode.actions.mean())) < 0.2 and np.abs(done.episode.actions).max() > 0.8
    with pytest.raises(ValueError, match="give a model of this robot"):
        walk_episode(world, spec, Mind(method(CHEETAH)), planner(ANT), 5)

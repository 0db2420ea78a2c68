"""Agents without a model."""

import numpy as np

from sim_bridges.locomotion.agents import RandomAgent, ZeroAgent
from sim_bridges.locomotion.episodes import run_episode
from sim_bridges.locomotion.tasks import draw_episode, task_named
from sim_bridges.locomotion.world import LeggedWorld


def test_zero_and_random_walk() -> None:
    task = task_named("ant-motor")
    world, spec = LeggedWorld(task), draw_episode(task, "seen", np.random.default_rng(0))
    still = run_episode(world, spec, ZeroAgent(), steps=20)
    assert not still.actions.any()
    wild = run_episode(world, spec, RandomAgent(np.random.default_rng(0)), steps=20)
    assert wild.actions.min() < -0.9 and wild.actions.max() > 0.9 and np.abs(wild.actions.mean()) < 0.15
    assert np.abs(wild.states - still.states).max() > 0.5

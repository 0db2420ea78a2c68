"""Planning with the true simulator: its returns are the world's own, and it walks."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from sim_bridges.locomotion.episodes import run_episode
from sim_bridges.locomotion.simulator_agent import (
    CemConfig,
    ShootingConfig,
    SimulatorCem,
    SimulatorShooting,
    true_returns,
)
from sim_bridges.locomotion.tasks import draw_episode, task_named
from sim_bridges.locomotion.world import LeggedWorld


@pytest.mark.parametrize("name", ["cheetah-pier", "ant-slope"])
def test_a_candidates_return_is_what_the_world_then_pays(name: str) -> None:
    task = task_named(name)
    world = LeggedWorld(task)
    world.reset(draw_episode(task, "seen", np.random.default_rng(0)))
    rng, size = np.random.default_rng(1), len(task.system.joint_names)
    for _ in range(10):
        world.step(rng.uniform(-1.0, 1.0, size))
    before = world.state()
    actions = rng.uniform(-1.0, 1.0, (3, 8, size))
    promised = true_returns(world, actions)
    np.testing.assert_array_equal(world.state(), before)
    paid = sum(world.step(action).reward for action in actions[1])
    assert promised[1] == pytest.approx(paid, rel=1e-6)
    assert np.ptp(promised) > 1e-3
    world.reset(draw_episode(task, "seen", np.random.default_rng(0)))
    started = true_returns(world, actions), true_returns(world, actions, 50.0)
    for action in actions[2]:
        world.step(action)
    lean = float(task.system.lean(torch.from_numpy(world.state())))
    assert lean > 0.0 and started[0][2] - started[1][2] == pytest.approx(50.0 * lean, rel=1e-5)


def test_shooting_keeps_what_is_left_of_its_plan() -> None:
    """Rated best, the rest of the last plan is gone on with; without keeping it, a new one is drawn."""
    task = task_named("cheetah-motor")
    world = LeggedWorld(task)
    world.reset(draw_episode(task, "seen", np.random.default_rng(0), value=1.0))
    config = ShootingConfig(candidates=2, horizon=4, hold=4, keep=True)
    agent = SimulatorShooting(torch.Generator().manual_seed(0), config)
    agent._rate = lambda world, actions: np.array([1.0, 0.0])  # type: ignore[method-assign]
    agent.reset(world)
    first = [agent.act(world, world.state()) for _ in range(3)]
    np.testing.assert_array_equal(first[0], first[1])
    np.testing.assert_array_equal(first[0], first[2])
    forgetful = SimulatorShooting(torch.Generator().manual_seed(0), replace(config, keep=False))
    forgetful._rate = agent._rate  # type: ignore[method-assign]
    forgetful.reset(world)
    assert not np.array_equal(forgetful.act(world, world.state()), forgetful.act(world, world.state()))


def test_cem_walks_and_shooting_takes_the_best() -> None:
    task = task_named("cheetah-motor")
    world, spec = LeggedWorld(task), draw_episode(task, "seen", np.random.default_rng(0), value=1.0)
    config = CemConfig(candidates=18, iterations=2, horizon=18, replan_every=2)
    walked = run_episode(world, spec, SimulatorCem(torch.Generator().manual_seed(0), config), steps=80)
    assert walked.states[-1, 0] > 0.5
    shooting = SimulatorShooting(torch.Generator().manual_seed(0), ShootingConfig(candidates=60, horizon=12, hold=4))
    shot = run_episode(world, spec, shooting, steps=30)
    assert (shot.actions[1:] != shot.actions[:-1]).any() and shot.total_reward > 0.0


def test_the_same_seed_plans_the_same() -> None:
    task = task_named("ant-pier")
    world, spec = LeggedWorld(task), draw_episode(task, "seen", np.random.default_rng(0))
    config = CemConfig(candidates=8, iterations=1, horizon=6)
    agents = [SimulatorCem(torch.Generator().manual_seed(4), config) for _ in range(2)]
    first, second = (run_episode(world, spec, agent, steps=6) for agent in agents)
    np.testing.assert_array_equal(first.states, second.states)

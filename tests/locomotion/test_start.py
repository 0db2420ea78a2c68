"""How episodes start: on the ground, not in it, and not always alike."""

from dataclasses import replace

import numpy as np
import pytest

from sim_bridges.locomotion.tasks import TASKS, Task, draw_episode
from sim_bridges.locomotion.world import LeggedWorld


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_the_robot_starts_on_the_ground_and_is_not_thrown(task: Task) -> None:
    world = LeggedWorld(task)
    for seed in range(4):
        state = world.reset(draw_episode(task, "novel", np.random.default_rng(seed)))
        assert state[0] == 0.0
        assert not len(world.data.contact) or min(c.dist for c in world.data.contact) > -1e-3
        first = world.step(np.zeros(len(task.system.joint_names))).state
        assert np.abs(first - state)[task.system.joints].max() < 0.1
        for _ in range(30):
            state = world.step(np.zeros(len(task.system.joint_names))).state
        # 30 steps of falling would be 0.4 m for the cheetah and 1.7 m for the ant; a block sinks by 0.6 m at most.
        assert len(world.data.contact) > 0


def test_poses_follow_the_seed() -> None:
    task = TASKS["ant-slope"]
    world = LeggedWorld(task)
    spec = draw_episode(task, "seen", np.random.default_rng(0))
    one, same, other = (world.reset(replace(spec, seed=seed)) for seed in (1, 1, 2))
    assert (one == same).all() and np.abs(one - other)[task.system.joints].max() > 0.01


def test_the_robot_stands_along_the_slope() -> None:
    task = TASKS["cheetah-slope"]
    state = LeggedWorld(task).reset(draw_episode(task, "seen", np.random.default_rng(0), value=3.0))
    assert state[2] == pytest.approx(-np.arctan(3.0 / 15.0))

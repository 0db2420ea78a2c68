"""Geometry from states alone, against the simulator's own."""

import mujoco
import numpy as np
import pytest

from sim_bridges.locomotion.agents import RandomAgent
from sim_bridges.locomotion.episodes import run_episode
from sim_bridges.locomotion.kinematics import Kinematics
from sim_bridges.locomotion.tasks import draw_episode, task_named
from sim_bridges.locomotion.world import LeggedWorld


@pytest.mark.parametrize("robot", ["cheetah", "ant"])
def test_feet_are_on_the_ground_and_the_centre_of_mass_moves_as_in_the_world(robot: str) -> None:
    task = task_named(f"{robot}-motor")
    world = LeggedWorld(task)
    record = run_episode(
        world, draw_episode(task, "seen", np.random.default_rng(0)), RandomAgent(np.random.default_rng(0)), 60
    )
    told = Kinematics(task.system)(record.states)
    assert told.shape == (61, 6)
    assert (told[:, 0] <= told[:, 1]).all() and -0.05 < told[:, 0].min() < 0.02
    mujoco.mj_forward(world.model, world.data)
    mujoco.mj_subtreeVel(world.model, world.data)
    np.testing.assert_allclose(told[-1, 3:], world.data.subtree_linvel[1], atol=1e-6)

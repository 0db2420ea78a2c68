"""Pictures: the robot, the water and the blocks are in them."""

import numpy as np
import pytest

from sim_bridges.locomotion.renderer import LeggedRenderer
from sim_bridges.locomotion.tasks import draw_episode, task_named
from sim_bridges.locomotion.world import LeggedWorld


def test_a_picture_shows_the_robot_on_the_pier_over_the_water() -> None:
    task = task_named("cheetah-pier")
    world, renderer = LeggedWorld(task), LeggedRenderer()
    world.reset(draw_episode(task, "seen", np.random.default_rng(0)))
    before = renderer.frame(world, 160, 96)
    assert before.shape == (96, 160, 3) and before.dtype == np.uint8
    red, green, blue = (before[..., channel].astype(int) for channel in range(3))
    orange = (red > 170) & (green < 150) & (blue < 90)
    water = (blue > 110) & (blue - red > 70)
    wood = (red > green + 20) & (green > blue + 20)
    assert 20 < orange.sum() < 2000 and water.sum() > 500 and wood.sum() > 1000
    for _ in range(20):
        world.step(np.zeros(6))
    assert (renderer.frame(world, 160, 96) != before).any()
    renderer.close()


def test_the_camera_follows_the_robot_over_a_reset() -> None:
    task = task_named("cheetah-motor")
    world, renderer = LeggedWorld(task), LeggedRenderer()
    spec = draw_episode(task, "seen", np.random.default_rng(0))
    world.reset(spec)
    first = renderer.frame(world, 96, 64)
    world.data.qpos[0] = 30.0
    renderer.frame(world, 96, 64)
    world.reset(spec)
    np.testing.assert_allclose(renderer.frame(world, 96, 64), first, atol=40)
    renderer.close()


def test_a_world_without_an_episode_cannot_be_drawn() -> None:
    with pytest.raises(RuntimeError, match="call reset first"):
        LeggedRenderer().frame(LeggedWorld(task_named("ant-pier")))

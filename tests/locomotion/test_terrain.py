"""Slopes, piers and plains as MuJoCo has them."""

from dataclasses import replace

import mujoco
import numpy as np
import pytest

from sim_bridges.locomotion import terrain
from sim_bridges.locomotion.tasks import EpisodeSpec, draw_episode, task_named
from sim_bridges.locomotion.terrain import FLOATS, Track
from sim_bridges.locomotion.world import LeggedWorld


def drawn(name: str, value: float | None = None, start_x: float | None = None) -> EpisodeSpec:
    spec = draw_episode(task_named(name), "seen", np.random.default_rng(0), value)
    return spec if start_x is None else replace(spec, start_x=start_x)


def ground_under(world: LeggedWorld, x: float) -> float:
    """Height of the ground by a ray from above."""
    hit = np.zeros(1, dtype=np.int32)
    group = None
    robot = world.model.body("torso").id
    distance = mujoco.mj_ray(
        world.model, world.data, np.array([x, 0.7, 60.0]), np.array([0.0, 0.0, -1.0]), group, 1, robot, hit
    )
    return float(60.0 - distance)


@pytest.mark.parametrize("robot", ["cheetah", "ant"])
def test_slopes_rise_by_the_drawn_heights_and_meet_at_the_seams(robot: str) -> None:
    world = LeggedWorld(task_named(f"{robot}-slope"))
    spec = drawn(f"{robot}-slope", start_x=5.0)
    world.reset(spec)
    assert ground_under(world, 0.01) == pytest.approx(0.01 * spec.values[0][0] / 15, abs=1e-3)
    rise = ground_under(world, 24.99) - ground_under(world, 10.01)
    assert rise == pytest.approx(spec.values[1][0], abs=0.01)
    for x in (-4.0, 3.0, 9.99, 10.01, 20.0, 26.0):
        assert ground_under(world, x) == pytest.approx(world.track.height(x), abs=2e-3)


@pytest.mark.parametrize("name", ["cheetah-slope", "ant-slope", "cheetah-pier", "ant-pier"])
def test_a_walk_does_not_end_with_the_track(name: str) -> None:
    world = LeggedWorld(task_named(name))
    world.reset(drawn(name, start_x=5.0))
    for x in (-200.0, world.task.length + 900.0):
        assert ground_under(world, x) == pytest.approx(world.track.height(x), abs=1e-6)
        height = 2 if world.task.robot == "ant" else 1
        above = float(world.data.qpos[height]) - world.track.height(float(world.data.qpos[0]))
        world.data.qpos[0], world.data.qpos[height] = x, world.track.height(x) + above
        for _ in range(50):
            world.step(np.zeros(len(world.system.joint_names)))
        assert world.data.qpos[height] > world.track.height(x)


@pytest.mark.parametrize("name", ["cheetah-slope", "ant-slope", "cheetah-pier", "ant-pier"])
def test_how_far_the_ends_reach_changes_nothing_on_the_track(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    walks = []
    for level in (30.0, terrain.LEVEL):
        monkeypatch.setattr(terrain, "LEVEL", level)
        world, rng = LeggedWorld(task_named(name)), np.random.default_rng(1)
        states = [world.reset(drawn(name, start_x=6.0))]
        states += [world.step(rng.uniform(-1, 1, len(world.system.joint_names))).state for _ in range(100)]
        walks.append(np.stack(states))
    assert np.abs(walks[0][:, 0]).max() < 5.0
    np.testing.assert_array_equal(*walks)


def test_segments_are_found_by_place() -> None:
    track = Track(drawn("cheetah-pier", start_x=6.0))
    assert [track.segment(x) for x in (-50.0, -3.0, 0.0, 1.99, 2.01, 500.0)] == [0, 0, 1, 1, 2, 8]


@pytest.mark.parametrize("robot", ["cheetah", "ant"])
def test_a_block_bears_the_robot_at_rest(robot: str) -> None:
    world = LeggedWorld(task_named(f"{robot}-pier"))
    world.reset(drawn(f"{robot}-pier", value=1.0, start_x=6.0))
    for _ in range(400):
        world.step(np.zeros(len(world.system.joint_names)))
    sunk = [-float(world.data.joint(f"block_{index}").qpos[0]) for index in range(world.task.segments)]
    floating = FLOATS[robot]
    # An ant's shoulder gives way for a while; the block keeps nearly its whole weight.
    assert sunk[1] == pytest.approx(floating.load * 9.81 / floating.stiffness, rel=0.1)
    assert max(np.abs(np.delete(sunk, 1))) < 1e-6


@pytest.mark.parametrize("robot", ["cheetah", "ant"])
def test_damping_is_a_ratio_on_the_loaded_block(robot: str) -> None:
    """A loaded block that is let go overshoots by exp(-pi r / sqrt(1 - r^2)) of its displacement."""
    floating, ratio = FLOATS[robot], 0.3
    omega = np.sqrt(floating.stiffness / (floating.mass + floating.load))
    world = LeggedWorld(task_named(f"{robot}-pier"))
    world.reset(drawn(f"{robot}-pier", value=ratio))
    coefficient = float(world.model.dof_damping[world.model.joint("block_3").dofadr[0]])
    assert coefficient == pytest.approx(2 * ratio * omega * (floating.mass + floating.load))
    assert world.model.body("block_3").mass[0] == pytest.approx(floating.mass)


def test_an_undamped_block_swings_longer() -> None:
    heights = {}
    for ratio in (0.0, 1.0):
        world = LeggedWorld(task_named("cheetah-pier"))
        world.reset(drawn("cheetah-pier", value=ratio, start_x=6.0))
        states = [world.step(np.zeros(6)).state[1] for _ in range(300)]
        heights[ratio] = np.ptp(states[150:])
    assert heights[0.0] > 5 * heights[1.0]


@pytest.mark.parametrize("factor", [0.2, 1.5])
def test_the_blocks_own_friction_counts(factor: float) -> None:
    world = LeggedWorld(task_named("cheetah-pier"))
    spec = drawn("cheetah-pier", start_x=6.0)
    world.reset(replace(spec, values=tuple((0.5, factor) for _ in spec.values)))
    for _ in range(30):
        world.step(np.zeros(6))
    frictions = [contact.friction[0] for contact in world.data.contact]
    assert frictions and all(friction == pytest.approx(0.4 * factor) for friction in frictions)


def test_what_leaves_the_pier_lands_on_the_water() -> None:
    world = LeggedWorld(task_named("ant-pier"))
    world.reset(drawn("ant-pier"))
    world.data.qpos[1] = 9.0
    for _ in range(150):
        state = world.step(np.zeros(8)).state
    assert -0.8 < state[2] < 0.2

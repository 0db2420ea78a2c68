"""Exploring without a robot: what is drawn is what a collection draws, what went wrong is not kept."""

from __future__ import annotations

import numpy as np
import pytest

from hyperdynamics_core.control.exploring import (
    FAILURES_IN_A_ROW,
    Exploration,
    ExplorationError,
    ExploreConfig,
    PushBox,
    misfortune,
    point_in_box,
    random_push,
)
from sim_bridges.pushing.objects import load_object
from sim_bridges.pushing.physics import GANTRY
from sim_bridges.pushing.policy import push_box
from sim_bridges.pushing.rollout import Trajectory, run_trajectory
from sim_bridges.pushing.scene import sample_scene
from sim_bridges.pushing.variation import sample_system
from sim_bridges.pushing.world import PushWorld

BOX = PushBox((0.0, 0.0), (0.03, 0.02))


def state(x: float = 0.0, y: float = 0.0, z: float = 0.03, tip: tuple[float, float, float] = (0.08, 0.0, 0.012)):
    return np.array([x, y, z, 0, 0, 0, 1, *[0.0] * 6, *tip])


def exploration(**changes: object) -> Exploration:
    return Exploration(ExploreConfig(**changes), np.random.default_rng(0))


def test_the_same_draws_make_the_collections_own_trajectory() -> None:
    system = sample_system(np.random.default_rng(3), ["mit/rect1"])
    world, rng = PushWorld(GANTRY), np.random.default_rng(5)
    try:
        collected = run_trajectory(world, rng, system, 3, 0.1)
        assert isinstance(collected, Trajectory)
        rng = np.random.default_rng(5)
        now = world.reset(sample_scene(rng, physics=GANTRY, system=system, region=0.1))
        explored = Exploration(ExploreConfig(pushes=3, steps=3, reach=GANTRY.reach), rng)
        for action, after in zip(collected.actions, collected.states[1:], strict=True):
            push = explored.next(now, push_box(load_object("mit/rect1")))
            np.testing.assert_array_equal(push, action)
            now = world.step(push).state
            np.testing.assert_array_equal(now, after)
        assert explored.next(now, BOX) is None and explored.finished
    finally:
        world.close()


def test_a_box_of_the_world_does_not_turn_with_the_object() -> None:
    rng, turned = np.random.default_rng(0), state(0.3, 0.3)
    turned[5:7] = np.sin(0.7), np.cos(0.7)
    points = np.array([point_in_box(rng, turned, PushBox((0.1, 0.0), (0.03, 0.02), turns=False)) for _ in range(400)])
    assert np.allclose(points.min(0), (0.07, -0.02), atol=2e-3) and np.allclose(points.max(0), (0.13, 0.02), atol=2e-3)


def test_trajectories_end_after_their_steps_and_are_counted() -> None:
    explored = exploration(pushes=5, steps=2)
    for _ in range(3):
        explored.begin()
        assert explored.next(state(), BOX) is not None and explored.next(state(), BOX) is not None
        assert not explored.finished
        assert explored.next(state(), BOX) is None
    assert explored.finished and explored.pushes == 6 and "6 pushes in 3 trajectories" in explored.words()


@pytest.mark.parametrize(
    ("end", "reason"),
    [(state(x=0.31), "fell"), (state(z=0.01), "fell"), (state(tip=(0.5, 0.0, 0.012)), "out of reach")],
)
def test_what_went_wrong_is_given_up_even_at_the_last_push(end: np.ndarray, reason: str) -> None:
    explored = exploration(pushes=1, steps=1 if reason == "fell" else 2)
    assert explored.next(state(), BOX) is not None
    assert explored.next(end, BOX) is None
    assert explored.given_up == {reason: 1} and explored.trajectories == 0
    explored.begin()
    assert explored.next(state(), BOX) is not None


def test_where_nobody_sees_the_object_a_push_has_no_aim_but_a_finished_trajectory_counts() -> None:
    explorer = exploration(pushes=4, steps=1)
    explorer.begin()
    assert explorer.next(state(), None) is None and explorer.given_up == {"not seen": 1}
    explorer.begin()
    assert explorer.next(state(), BOX) is not None
    assert explorer.next(state(), None) is None and explorer.trajectories == 1
    assert explorer.spoiled(state(x=0.5)) and not explorer.spoiled(state())


def test_a_toppled_object_and_a_lifted_rod() -> None:
    lying = state()
    lying[3], lying[6] = np.sin(0.4), np.cos(0.4)
    assert misfortune(lying, 0.03) == "toppled" and misfortune(state(), 0.03) is None
    explored = exploration()
    assert explored.next(state(tip=(0.08, 0.0, 0.1)), BOX) is None and "rod not at pushing height" in explored.words()


def test_it_gives_up_where_nothing_succeeds() -> None:
    explored = exploration()
    with pytest.raises(ExplorationError, match=f"{FAILURES_IN_A_ROW} trajectories in a row .*fell"):
        for _ in range(FAILURES_IN_A_ROW):
            explored.begin()
            explored.next(state(x=0.4), BOX)


def test_pushes_have_the_length_of_collected_ones() -> None:
    rng = np.random.default_rng(0)
    lengths = [float(np.linalg.norm(random_push(rng, state(), BOX))) for _ in range(500)]
    assert 0.03 <= min(lengths) < 0.032 and 0.058 < max(lengths) <= 0.06
    with pytest.raises(ValueError, match="pushes and steps must be at least 1"):
        ExploreConfig(pushes=0)

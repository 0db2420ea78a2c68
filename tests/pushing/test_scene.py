"""Scenes keep the paper's distances, stay on the table and within reach, and overlap nothing."""

from itertools import combinations

import numpy as np
import pytest
from shapely.geometry import Point

from sim_bridges.pushing.objects import object_names
from sim_bridges.pushing.physics import KUKA
from sim_bridges.pushing.scene import (
    blocks_straight_path,
    footprint_at,
    sample_goal,
    sample_obstacle_scene,
    sample_scene,
    scene_footprint,
    table_outline,
)


def test_starts_are_as_the_paper_says() -> None:
    rng = np.random.default_rng(0)
    places = []
    for _ in range(100):
        scene = sample_scene(rng)
        distance = np.hypot(scene.end_effector[0] - scene.x, scene.end_effector[1] - scene.y)
        assert 0.06 <= distance <= 0.10
        assert scene_footprint(scene).distance(Point(scene.end_effector)) > KUKA.rod_radius
        assert table_outline().contains(scene_footprint(scene))
        assert KUKA.reachable(scene.end_effector)
        places.append((scene.x, scene.y))
    assert np.ptp(places, axis=0).min() > 0.4


def test_a_region_keeps_objects_near_the_middle() -> None:
    rng = np.random.default_rng(1)
    places = [(scene.x, scene.y) for scene in (sample_scene(rng, region=0.1) for _ in range(30))]
    assert np.abs(places).max() <= 0.1


def test_free_goals_are_near_and_on_the_table() -> None:
    rng = np.random.default_rng(2)
    for _ in range(50):
        scene = sample_scene(rng, object_names("novel"))
        goal = sample_goal(rng, scene)
        assert 0.05 <= np.hypot(goal[0] - scene.x, goal[1] - scene.y) <= 0.25
        assert table_outline().contains(footprint_at(scene.system.object, *goal, scene.yaw))
        assert KUKA.reachable(goal)


def test_obstacles_stand_in_the_way_and_apart() -> None:
    rng = np.random.default_rng(3)
    for _ in range(15):
        scene, goal = sample_obstacle_scene(rng, object_names("novel"))
        first, second = scene.obstacles
        outlines = [footprint_at(item.object, item.x, item.y, item.yaw) for item in scene.obstacles]
        bodies = [*outlines, scene_footprint(scene), Point(scene.end_effector).buffer(KUKA.rod_radius)]
        assert 0.24 <= np.hypot(goal[0] - scene.x, goal[1] - scene.y) <= 0.40
        assert 0.15 <= np.hypot(first.x - second.x, first.y - second.y) <= 0.25
        assert np.hypot(first.x - (scene.x + goal[0]) / 2, first.y - (scene.y + goal[1]) / 2) <= 0.02 * np.sqrt(2)
        assert blocks_straight_path(scene, goal, outlines[0])
        assert all(a.distance(b) > 0 for a, b in combinations(bodies, 2))
        assert all(table_outline().contains(outline) for outline in outlines)
        there = footprint_at(scene.system.object, *goal, scene.yaw)
        assert all(outline.distance(there) > 0 for outline in outlines)


def test_the_same_seed_gives_the_same_scene() -> None:
    first, again = (sample_obstacle_scene(np.random.default_rng(4)) for _ in range(2))
    assert first == again


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ValueError, match="paper, wide, out-of-range"):
        sample_scene(np.random.default_rng(0), variation="papr")

import itertools

import numpy as np
from shapely.geometry import Point

from sim_bridges.pushing.objects import load_object
from sim_bridges.pushing.rendering import ROD_RADIUS
from sim_bridges.pushing.scenes import PUSH_HEIGHT, SceneConfig, footprint_at, sample_scene

NAMES = ("mug/02", "mit/tri3", "bed/01")


def scenes(n, config=None):
    objects = [load_object(name) for name in NAMES]
    return [sample_scene(objects, np.random.default_rng([5, i]), config) for i in range(n)]


def outlines(scene):
    return [
        footprint_at(item, position, yaw)
        for item, position, yaw in zip(scene.objects, scene.positions, scene.yaws, strict=True)
    ]


def test_objects_stand_on_the_table_apart_from_each_other_and_from_the_rod():
    for scene in scenes(30):
        shapes = outlines(scene)
        for a, b in itertools.combinations(shapes, 2):
            assert a.distance(b) > 0.005
        assert (np.abs(scene.positions[:, :2]) <= 0.29).all()
        if scene.end_effector is not None and scene.end_effector[2] == PUSH_HEIGHT:
            assert min(shape.distance(Point(scene.end_effector[:2])) for shape in shapes) > ROD_RADIUS


def test_boxes_hold_their_objects_from_the_table_up():
    for scene in scenes(5):
        low = scene.boxes[:, :3] - scene.boxes[:, 3:] / 2
        high = scene.boxes[:, :3] + scene.boxes[:, 3:] / 2
        np.testing.assert_allclose(low[:, 2], 0.0, atol=1e-9)
        assert ((scene.positions > low) & (scene.positions < high)).all()


def test_a_generator_decides_everything():
    first, again = scenes(3), scenes(3)
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a.positions, b.positions)
        assert a.look == b.look and a.bodies[0].colour == b.bodies[0].colour
    assert first[0].look != first[1].look


def test_scenes_without_a_rod_and_crowded_ones_occur():
    many = scenes(60)
    assert 0 < sum(scene.end_effector is None for scene in many) < 20
    close = [np.abs(np.diff(scene.positions[:2, :2], axis=0)).max() < 0.16 for scene in many]
    assert np.mean(close) > 0.3
    assert all(scene.end_effector is None for scene in scenes(5, SceneConfig(rod_share=0.0)))

import itertools
import math

import numpy as np
import pytest

from sim_bridges.pushing import cameras
from sim_bridges.pushing.cameras import look_at, paper_camera, paper_cameras


def pixels(camera, points):
    local = (points - camera.world_from_camera[:3, 3]) @ camera.world_from_camera[:3, :3]
    return local[:, :2] / local[:, 2:] * (camera.fx, camera.fy) + (camera.cx, camera.cy)


def over_the_table():
    return np.array(list(itertools.product((-0.3, 0.3), (-0.3, 0.3), (0.0, 0.12))))


def in_view(camera):
    return bool((np.abs(pixels(camera, over_the_table()) - camera.cx) < camera.width / 2).all())


def test_nine_views_run_from_the_robots_left_over_the_front_to_its_right():
    places = np.stack([camera.world_from_camera[:3, 3] for camera in paper_cameras()]) - cameras.LOOK_AT
    np.testing.assert_allclose(np.linalg.norm(places, axis=1), 1.0)
    np.testing.assert_allclose(np.degrees(np.arcsin(places[:, 2])), 60.0)
    azimuths = np.degrees(np.arctan2(places[:, 1], places[:, 0]))
    np.testing.assert_allclose(azimuths, np.linspace(90, -90, 9), atol=1e-9)


def test_all_look_at_the_same_point_and_stand_upright():
    for camera in paper_cameras():
        centre = pixels(camera, cameras.LOOK_AT[None])[0]
        np.testing.assert_allclose(centre, (camera.cx, camera.cy), atol=1e-9)
        turn = camera.world_from_camera[:3, :3]
        np.testing.assert_allclose(turn.T @ turn, np.eye(3), atol=1e-12)
        assert np.linalg.det(turn) > 0 and turn[2, 1] < 0, "y of the optical frame points down"


def test_field_of_view_is_the_smallest_whole_degree_with_the_table_in_view(monkeypatch):
    assert all(in_view(camera) for camera in paper_cameras())
    monkeypatch.setattr(cameras, "FIELD_OF_VIEW", math.radians(51.0))
    assert not all(in_view(camera) for camera in paper_cameras())


@pytest.mark.parametrize("view", [-1, 9])
def test_unknown_views_are_refused_by_name(view):
    with pytest.raises(ValueError, match=f"no camera {view}.*0.*8"):
        paper_camera(view)


def test_a_camera_straight_above_is_refused():
    with pytest.raises(ValueError, match="vertical"):
        look_at(np.array([0.0, 0.0, 1.0]), np.zeros(3), 64, 64, 1.0)

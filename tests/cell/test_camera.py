"""What the cell's camera and tracker make of the truth."""

from __future__ import annotations

import time

import numpy as np

from sim_bridges.cell.depth_noise import DepthNoise
from sim_bridges.cell.eye import HEIGHT, WIDTH, Eye, cell_camera
from sim_bridges.cell.photographer import Photographer
from sim_bridges.cell.tracker import Tracker, TrackerConfig
from tests.cell.test_world import world

SECOND = 1_000_000_000


def test_depth_intrinsics_and_pose_agree():
    cell, eye, camera = world(), Eye(), cell_camera()
    colours, depth = eye.look(cell.model, cell.data.qpos)
    eye.close()
    assert colours.shape == (HEIGHT, WIDTH, 3) and depth.shape == (HEIGHT, WIDTH)
    v, u = np.mgrid[0:HEIGHT, 0:WIDTH]
    rays = np.stack(((u - camera.cx) / camera.fx, (v - camera.cy) / camera.fy, np.ones_like(depth)), axis=-1)
    points = (rays * depth[..., None]) @ camera.world_from_camera[:3, :3].T + camera.world_from_camera[:3, 3]
    table = points[(np.abs(points[..., 2]) < 2e-3) & (points[..., 0] > -0.2)]
    assert len(table) > 30_000
    np.testing.assert_allclose(table[:, 0].max(), 0.3, atol=3e-3)
    np.testing.assert_allclose((table[:, 1].min(), table[:, 1].max()), (-0.3, 0.3), atol=3e-3)
    assert (points[..., 2] > 0.25).sum() > 5_000  # the arm is in view


def test_noise_grows_with_distance_and_edges_have_holes():
    noise, rng = DepthNoise(), np.random.default_rng(0)
    depth = np.full((200, 400), 1.0, np.float32)
    depth[:, 200:] = 2.0
    measured = noise.measured(depth, rng)
    near, far = (part[part > 0] for part in (measured[:, :150], measured[:, 250:]))
    assert 3.5 < far.std() / near.std() < 4.5 and 0.8e-3 < near.std() < 1.6e-3
    assert 0.4 < (measured[:, 199:201] == 0).mean() < 0.8 and 0 < (measured[:, :150] == 0).mean() < 0.02
    assert (noise.measured(np.full((9, 9), 9.0, np.float32), rng) == 0).all()


def test_pictures_come_late_and_none_of_another_scene():
    cell, camera = world(), Photographer(cell_camera(), np.random.default_rng(0), (0.06, 0.1))
    try:
        camera.expose(SECOND, cell.model, cell.data.qpos.copy())
        end = time.monotonic() + 120.0
        while camera.busy and time.monotonic() < end:
            assert camera.ready(SECOND + 50_000_000) == []
            time.sleep(0.05)
        (photo,) = camera.ready(SECOND + 110_000_000)
        assert photo.stamp == SECOND and photo.frame.depth.any()
        camera.expose(2 * SECOND, cell.model, cell.data.qpos.copy())
        camera.forget(3 * SECOND)
        while camera.busy and time.monotonic() < end:
            assert camera.ready(9 * SECOND) == []
            time.sleep(0.05)
    finally:
        camera.close()


def test_the_tracker_is_late_noisy_and_calm():
    tracker, rng = Tracker(TrackerConfig(), np.random.default_rng(0)), np.eye(3)
    told = []
    for index in range(200):
        now = SECOND + index * 40_000_000
        tracker.measure(now, np.array((0.1, 0.0, 0.02)), rng)
        assert not tracker.told(now + 10_000_000 - 1) or index > 0
        told += tracker.told(now + 39_999_999)
    assert all(20_000_000 <= track.due - track.stamp <= 40_000_000 for track in told) and len(told) > 190
    places = np.array([track.position for track in told])
    assert 4e-4 < places.std(axis=0).mean() < 8e-4
    speeds = np.linalg.norm([track.velocity[:2] for track in told[10:]], axis=1)
    assert np.quantile(speeds, 0.95) < 0.01  # below it, an object counts as resting

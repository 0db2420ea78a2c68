import numpy as np
import pytest

from hyperdynamics_core.vision.camera import Camera, RgbdFrame
from hyperdynamics_core.vision.grids import CROP_GRID, Grid
from hyperdynamics_core.vision.unprojection import project, unproject
from tests.vision.scenes import see, standing

GRID = Grid((10, 4, 4), 0.01, (-0.02, -0.02, 0.0))
BAND = 0.02


def overhead(depth, blend=False, colour=True):
    """A camera 1 m above the table, looking straight down on a flat surface at z = 0.05."""
    pose = np.array([[1.0, 0, 0, 0], [0, -1.0, 0, 0], [0, 0, -1.0, 1.0], [0, 0, 0, 1.0]])
    camera = Camera(32, 32, 300.0, 300.0, 15.5, 15.5, pose)
    rgb = np.full((32, 32, 3), (255, 51, 0), np.uint8)
    frame = RgbdFrame(rgb, np.full((32, 32), depth, np.float32), camera)
    return unproject(frame, project(camera, GRID), BAND, colour, blend).reshape(-1, *GRID.shape)


@pytest.mark.parametrize("blend", [False, True])
def test_a_flat_surface_is_surface_free_above_and_unknown_below(blend):
    maps = overhead(0.95, blend)
    z = (np.arange(10) + 0.5) * 0.01
    height = z - 0.05
    expected = np.clip(1 - np.abs(height) / BAND, 0, 1), np.clip(height / BAND, 0, 1)
    for channel in range(2):
        np.testing.assert_allclose(maps[channel], np.tile(expected[channel][:, None, None], (1, 4, 4)), atol=1e-4)


def test_colour_is_weighted_by_surface():
    maps = overhead(0.95)
    np.testing.assert_allclose(maps[2], maps[0], atol=1e-6)
    np.testing.assert_allclose(maps[3], 0.2 * maps[0], atol=1e-6)
    assert not maps[4].any()


def test_where_nothing_was_measured_nothing_is_known():
    assert not overhead(0.0).any() and not overhead(0.0, blend=True).any()


def test_out_of_view_nothing_is_known():
    frame = see([])
    grid = CROP_GRID.moved(3.0, 0.0)
    assert not unproject(frame, project(frame.camera, grid), BAND, False, True).any()


def test_projection_agrees_with_transforming_every_voxel():
    camera = see([]).camera
    found = project(camera, CROP_GRID)
    x, y, z = CROP_GRID.axes()
    points = np.stack(np.meshgrid(z, y, x, indexing="ij")[::-1], axis=-1).reshape(-1, 3)
    local = (points - camera.world_from_camera[:3, 3]) @ camera.world_from_camera[:3, :3]
    np.testing.assert_allclose(found.depth, local[:, 2], atol=1e-5)
    np.testing.assert_allclose(found.u, camera.fx * local[:, 0] / local[:, 2] + camera.cx, atol=1e-2)
    np.testing.assert_allclose(found.v, camera.fy * local[:, 1] / local[:, 2] + camera.cy, atol=1e-2)


def test_depths_of_different_surfaces_are_not_blended():
    frame = see([standing("camera/05", 0.0, 0.0, 0.5)])
    projection = project(frame.camera, CROP_GRID)
    nearest, blended = (unproject(frame, projection, 0.01, False, blend) for blend in (False, True))
    # No flying surface between object and table: what only blending calls surface lies next to what was seen anyway.
    assert (blended[0] > 0.5).sum() < 1.3 * (nearest[0] > 0.5).sum()

import numpy as np
import pytest

from hyperdynamics_core.vision.grids import CROP_GRID, SCENE_GRID
from hyperdynamics_core.vision.maps import MapConfig, crop_map, resample, scene_map
from tests.vision.scenes import see, standing


@pytest.fixture(scope="module")
def frame():
    return see([standing("mit/rect1", 0.1, -0.05, 0.3)], view=2)


def test_scene_map_shows_the_table_and_what_stands_on_it(frame):
    scene = scene_map(frame, MapConfig())
    assert scene.shape == (5, 8, 32, 32) and scene.dtype == np.float32
    assert scene[0, 0, 5:27, 5:27].mean() > 0.15, "the table's top"
    raised = np.argwhere(scene[0, 1] > 0.1)
    centre = (raised.mean(axis=0) + 0.5) * SCENE_GRID.voxel - 0.32
    np.testing.assert_allclose(centre, (-0.05, 0.1), atol=0.03)


def test_crop_follows_the_position(frame):
    crop = crop_map(frame, (0.1, -0.05), MapConfig())
    assert crop.shape == (2, 16, 32, 32)
    moved = crop_map(frame, (0.1 + 4 * CROP_GRID.voxel, -0.05), MapConfig())
    np.testing.assert_allclose(moved[:, :, :, :-4], crop[:, :, :, 4:], atol=2e-4)
    top = crop[0, 7] > 0.4
    assert top[12:20, 12:20].all() and not top[:3].any()


def test_colour_and_the_papers_coarse_form_are_options(frame):
    assert crop_map(frame, (0.1, -0.05), MapConfig(crop_colour=True)).shape == (5, 16, 32, 32)
    coarse = crop_map(frame, (0.1, -0.05), MapConfig(crop_form="coarse"))
    fine = crop_map(frame, (0.1, -0.05), MapConfig())
    assert coarse.shape == fine.shape
    assert np.corrcoef(coarse[1].ravel(), fine[1].ravel())[0, 1] > 0.7


def test_resampling_a_linear_map_is_exact():
    x, y, z = SCENE_GRID.axes()
    linear = (z[:, None, None] + 2 * y[None, :, None] + 3 * x).astype(np.float32)[None]
    target = CROP_GRID.moved(0.05, 0.02)
    x, y, z = target.axes()
    sampled = resample(linear, SCENE_GRID, target)[0]
    expected = z[:, None, None] + 2 * y[None, :, None] + 3 * x
    np.testing.assert_allclose(sampled[4:12], expected[4:12], atol=1e-5)


@pytest.mark.parametrize("position", [(np.nan, 0.0), (0.0, np.inf)])
def test_positions_that_are_not_finite_are_refused(frame, position):
    with pytest.raises(ValueError, match="must be finite"):
        crop_map(frame, position, MapConfig())


def test_unknown_forms_are_refused():
    with pytest.raises(ValueError, match="crop_form must be one of"):
        MapConfig(crop_form="medium")
    with pytest.raises(ValueError, match="bands must be positive"):
        MapConfig(crop_band=0.0)

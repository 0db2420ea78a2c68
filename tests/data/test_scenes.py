import json

import numpy as np
import pytest

from hyperdynamics_core.data.array_folder import ArrayFolderWriter, DataFolderError
from hyperdynamics_core.data.scenes import KIND, ScenePool, camera_from_json, camera_to_json, encode_depth
from sim_bridges.pushing.cameras import paper_camera


def test_depth_is_kept_to_a_twentieth_of_a_millimetre_and_far_is_not_measured():
    depth = np.array([0.0, 0.73214, 1.5, 6.6], np.float32)
    stored = encode_depth(depth)
    np.testing.assert_allclose(stored[:3] * 1e-4, depth[:3], atol=5.1e-5)
    assert stored[3] == 0


def test_cameras_survive_json():
    camera = paper_camera(6)
    again = camera_from_json(json.loads(json.dumps(camera_to_json(camera))))
    np.testing.assert_array_equal(again.world_from_camera, camera.world_from_camera)
    assert (again.fx, again.cy, again.width) == (camera.fx, camera.cy, camera.width)


def test_a_pool_that_lacks_something_says_what(tmp_path):
    ArrayFolderWriter(tmp_path / "pool", {"rgb": ((1, 2, 2, 3), "uint8")}, {"kind": KIND}).finish({"cameras": []})
    with pytest.raises(DataFolderError, match="arrays: depth, views, counts, boxes, positions, pixels, rods"):
        ScenePool.open(tmp_path / "pool")
    ArrayFolderWriter(tmp_path / "blind", {"rgb": ((1, 2, 2, 3), "uint8")}, {"kind": KIND}).finish()
    with pytest.raises(DataFolderError, match="entries of meta.json: cameras"):
        ScenePool.open(tmp_path / "blind")

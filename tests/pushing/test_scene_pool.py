import numpy as np
import pytest

from hyperdynamics_core.data.scenes import ScenePool
from sim_bridges.pushing.scene_pool import ScenePoolConfig, make_pool
from tests.pushing.test_rendering import world_points


def test_labels_fit_what_the_frames_show(tmp_path):
    pool = ScenePool.open(make_pool(ScenePoolConfig("train", tmp_path / "pool", scenes=6, random_shapes=5)))
    assert len(pool) == 6 and len(pool.cameras) == 9
    for index in range(6):
        frame, count = pool.frame(index), int(pool.counts[index])
        points = world_points(frame)[frame.depth > 0]
        for box, pixels in zip(pool.boxes[index, :count], pool.pixels[index, :count], strict=True):
            raised = points[points[:, 2] > 0.003]
            inside = (np.abs(raised - box[:3]) <= box[3:] / 2 + 2e-4).all(axis=1)
            assert inside.sum() >= 0.9 * pixels - 8
        assert not pool.boxes[index, count:].any()


def test_unknown_source_is_refused(tmp_path):
    with pytest.raises(ValueError, match="unknown source 'test'"):
        ScenePoolConfig("test", tmp_path)

from pathlib import Path

import numpy as np
import pytest

from hyperdynamics_core.data.trajectories import Shard, TrajectorySet
from hyperdynamics_core.vision.perception import Perception
from sim_bridges.pushing import observe as module
from sim_bridges.pushing.objects import load_object
from sim_bridges.pushing.observe import observe
from sim_bridges.pushing.rendering import yaw_quaternion

MODEL = Path(__file__).parents[2] / "models" / "push-perception"
NAMES = ("mug/05", "mit/hex", "bed/05")


@pytest.fixture(scope="module")
def perception():
    return Perception.load(MODEL)


@pytest.fixture
def trajectories():
    rng = np.random.default_rng(0)
    states = np.zeros((6, 2, 16), np.float32)
    for row, state in enumerate(states):
        x, y, yaw = *rng.uniform(-0.2, 0.2, 2), rng.uniform(-3, 3)
        state[:, :3] = x, y, load_object(NAMES[row % 3]).rest_height
        state[:, 3:7], state[:, 13:16] = yaw_quaternion(yaw), (x - 0.09, y, 0.012)
    zeros = np.zeros(6, np.float32)
    index = np.arange(6) % 3
    shard = Shard(
        states, np.zeros((6, 1, 3), np.float32), index, np.arange(6), zeros, zeros, np.zeros((6, 3), np.float32)
    )
    return TrajectorySet(shard, NAMES, {}, "", "", {})


def test_first_states_are_seen_where_they_are(trajectories, perception):
    seen = observe(trajectories, perception, seed=1)
    assert seen.found.all() and seen.crops.shape == (6, 2, 16, 32, 32)
    errors = np.linalg.norm(seen.positions - trajectories.states[:, 0, :3], axis=1)
    assert np.median(errors) < 0.004 and errors.max() < 0.015
    assert len(set(seen.views.tolist())) > 1
    crop = seen.object_map(0)
    assert crop.features.shape == (2, 16, 32, 32)
    assert np.tan(crop.yaw / 2) == pytest.approx(trajectories.states[0, 0, 5] / trajectories.states[0, 0, 6], rel=1e-4)


def test_the_cache_is_used_and_depends_on_seed_and_states(trajectories, perception, tmp_path, monkeypatch):
    first = observe(trajectories, perception, seed=1, cache=tmp_path)
    observe(trajectories, perception, seed=2, cache=tmp_path)
    assert len(list(tmp_path.glob("observations-*.npz"))) == 2
    with monkeypatch.context() as patch:
        patch.setattr(module, "_observe_all", lambda *args: pytest.fail("rendered again"))
        again = observe(trajectories, perception, seed=1, cache=tmp_path)
    np.testing.assert_array_equal(first.crops, again.crops)
    for path in tmp_path.glob("observations-*.npz"):
        path.write_bytes(path.read_bytes()[:100])
    np.testing.assert_array_equal(observe(trajectories, perception, seed=1, cache=tmp_path).positions, first.positions)


def test_what_was_not_found_has_no_map(trajectories, perception):
    trajectories.states[2, 0, :2] = 3.0, 3.0
    seen = observe(trajectories, perception, seed=1)
    assert seen.found.tolist() == [True, True, False, True, True, True]
    assert np.isnan(seen.positions[2]).all() and not seen.crops[2].any()
    with pytest.raises(ValueError, match="trajectory 2"):
        seen.object_map(2)

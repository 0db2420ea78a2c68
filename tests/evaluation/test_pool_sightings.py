"""Recorded objects are seen by what the camera saw of them."""

from pathlib import Path

import numpy as np

from hyperdynamics_core.data.crops import CropPool
from hyperdynamics_core.data.trajectories import load_dataset
from hyperdynamics_core.evaluation.pool_sightings import pool_sightings
from tests.training.examples import write_crops, write_pushes


def test_each_trajectory_gets_a_crop_of_its_own_object_and_that_crops_error(tmp_path: Path) -> None:
    data = load_dataset(write_pushes(tmp_path / "pushes", systems=6))
    pool = CropPool.open(write_crops(tmp_path / "crops", names=("long", "round")))
    pool = CropPool(**{**vars(pool), "offsets": np.full(pool.offsets.shape, 0.01, np.float32)})
    seen = pool_sightings(data, pool, seed=1)
    names = [data.object_name(index) for index in range(len(data))]
    assert seen.found.tolist() == [name != "flat" for name in names] and not seen.found.all()
    for index in np.flatnonzero(seen.found):
        assert pool.object_names[seen.objects[index]] == names[index]
        np.testing.assert_allclose(seen.positions[index, :2], data.states[index, 0, :2] - 0.01, atol=1e-6)
        assert seen.object_map(index).yaw in pool.yaws[seen.objects[index]]
    assert np.isnan(seen.positions[~seen.found]).all()
    assert (seen.crops == pool_sightings(data, pool, seed=1).crops).all()
    assert len(set(seen.crops.tolist())) > 1

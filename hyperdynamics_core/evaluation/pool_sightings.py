"""What a camera saw of recorded objects, which cannot be rendered: crops of a pool in the place of new views."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.data.crops import CropPool, decode_map
from hyperdynamics_core.data.trajectories import TrajectorySet
from hyperdynamics_core.methods.context import ObjectMap


@dataclass(frozen=True, eq=False)
class PoolSightings:
    """One crop a trajectory; see ``prediction.Sightings``."""

    pool: CropPool
    """Where they are."""
    objects: NDArray[np.int64]
    """[n] index of each trajectory's object in the pool; -1: not in it."""
    crops: NDArray[np.int64]
    """[n] which of its crops."""
    positions: NDArray[np.float64]
    """[n, 3] where the object would have been detected at the start, with the crop's own error, m; NaN: not in it."""

    @property
    def found(self) -> NDArray[np.bool_]:
        """[n] whether the pool has crops of the object."""
        return self.objects >= 0

    def object_map(self, index: int) -> ObjectMap:
        """The crop of one trajectory's object."""
        place = int(self.objects[index]), int(self.crops[index])
        return ObjectMap(decode_map(self.pool.maps[place]), float(self.pool.yaws[place]))


def pool_sightings(data: TrajectorySet, pool: CropPool, seed: int = 0) -> PoolSightings:
    """A random crop of each trajectory's object; trajectory i depends on (seed, i) alone."""
    known = {name: index for index, name in enumerate(pool.object_names)}
    objects = np.array([known.get(data.object_name(index), -1) for index in range(len(data))], dtype=np.int64)
    count = pool.maps.shape[1]
    crops = np.array([np.random.default_rng([seed, index]).integers(count) for index in range(len(data))])
    positions = np.asarray(data.states[:, 0, :3], dtype=np.float64).copy()
    positions[:, :2] -= pool.offsets[objects, crops, :2]
    positions[objects < 0] = np.nan
    return PoolSightings(pool, objects, crops.astype(np.int64), positions)

"""Batches for L_det and L_vp from the pools. A batch depends on (seed, step) alone, so that a resumed run is exact."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hyperdynamics_core.data.crops import CropPool
from hyperdynamics_core.data.scenes import ScenePool
from hyperdynamics_core.training.vision_losses import CropBatch, SceneBatch
from hyperdynamics_core.vision.camera import RgbdFrame
from hyperdynamics_core.vision.maps import MapConfig, crop_map, scene_map
from hyperdynamics_core.vision.noise import DepthNoise, noisy
from hyperdynamics_core.vision.turning import turn, turn_images

NEGATIVE_SHARE = 0.2
"""Share of close looks at places where no object is."""
NOISY_SHARE = 0.4
"""Share of frames that are disturbed as by a real depth camera, by up to WORST_NOISE."""
WORST_NOISE = DepthNoise(deviation=0.003, dropout=0.03, step=0.0)
FAR = 0.05
"""An object further than this from the crop's centre is not what the crop is of, m."""
BLANK_BOX = (0.0, 0.0, 0.0, 0.05, 0.05, 0.05)
Array = NDArray[np.float64]


def scene_batch(pool: ScenePool, size: int, maps: MapConfig, rng: np.random.Generator) -> SceneBatch:
    """Random scenes, half of them mirrored left to right (the cameras stand symmetrically)."""
    indices = rng.integers(len(pool), size=size)
    scenes = torch.from_numpy(np.stack([scene_map(_frame(pool, int(i), rng), maps) for i in indices]))
    valid = torch.from_numpy(np.arange(pool.boxes.shape[1]) < pool.counts[indices][:, None])
    boxes = torch.where(valid.unsqueeze(-1), torch.from_numpy(pool.boxes[indices]), torch.tensor(BLANK_BOX))
    positions = torch.from_numpy(pool.positions[indices])
    mirrored = torch.from_numpy(rng.random(size) < 0.5)
    scenes = torch.where(mirrored.view(-1, 1, 1, 1, 1), scenes.flip(3), scenes)
    boxes[mirrored, :, 1] *= -1
    positions[mirrored, :, 1] *= -1
    return SceneBatch(scenes, boxes, positions, valid)


def crop_batch(pool: ScenePool, size: int, maps: MapConfig, rng: np.random.Generator) -> CropBatch:
    """Close looks around shaken true positions and at empty places, half of them mirrored."""
    crops, present = np.empty((size, maps.crop_channels, 16, 32, 32), np.float32), np.zeros(size, np.float32)
    positions, boxes = np.zeros((size, 3), np.float32), np.tile(np.array(BLANK_BOX, np.float32), (size, 1))
    for row in range(size):
        index = int(rng.integers(len(pool)))
        target, centre = _look_at(pool, index, rng)
        crops[row] = crop_map(_frame(pool, index, rng), centre, maps)
        if target is not None:
            present[row], shift = 1.0, np.array([*centre, 0.0])
            positions[row] = pool.positions[index, target] - shift
            boxes[row] = pool.boxes[index, target] - np.array([*shift, 0.0, 0.0, 0.0])
    mirrored = rng.random(size) < 0.5
    crops[mirrored] = crops[mirrored][:, :, :, ::-1]
    positions[mirrored, 1] *= -1
    boxes[mirrored, 1] *= -1
    return CropBatch(*(torch.from_numpy(array) for array in (crops, present, positions, boxes)))


def _frame(pool: ScenePool, index: int, rng: np.random.Generator) -> RgbdFrame:
    frame = pool.frame(index)
    if rng.random() > NOISY_SHARE:
        return frame
    strength = float(rng.random())
    return noisy(frame, DepthNoise(strength * WORST_NOISE.deviation, strength * WORST_NOISE.dropout, 0.0), rng)


def _look_at(pool: ScenePool, index: int, rng: np.random.Generator) -> tuple[int | None, Array]:
    """(object, where to look); no object: the rod, or a place away from all objects."""
    count = int(pool.counts[index])
    if rng.random() < NEGATIVE_SHARE:
        rod = pool.rods[index, :2]
        spot = rod if rng.random() < 0.5 and np.isfinite(rod).all() else rng.uniform(-0.3, 0.3, 2)
        centre = spot + rng.normal(0.0, 0.01, 2)
        if np.linalg.norm(pool.positions[index, :count, :2] - centre, axis=1).min() > FAR:
            return None, np.asarray(centre)
    target = int(rng.integers(count))
    # Half as after a first close look, half as after the second stage.
    shift = rng.normal(0.0, 0.003, 2) if rng.random() < 0.5 else rng.uniform(-0.025, 0.025, 2)
    return target, np.asarray(pool.positions[index, target, :2] + shift)


def shape_batch(pools: Sequence[CropPool], size: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Maps [B, C, Z, Y, X] and masks [B, 32, 32], turned together by random yaws: codes learn what turning means.

    Pools take turns with equal shares; every object of a pool is equally likely.
    """
    parts = []
    for number, pool in enumerate(pools):
        share = (size + number) // len(pools)
        objects, crops = (rng.integers(n, size=share) for n in pool.yaws.shape)
        parts.append(pool.decode(objects, crops))
    maps, masks = (torch.cat(column) for column in zip(*parts, strict=True))
    yaws = torch.from_numpy(rng.uniform(-np.pi, np.pi, len(maps)).astype(np.float32))
    return turn(maps, yaws), turn_images(masks.unsqueeze(1), yaws).squeeze(1).clamp(0.0, 1.0)

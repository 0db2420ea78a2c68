"""Tiny data on disk, in the real formats: pushes of a made-up world, and crops of its objects."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import torch

from hyperdynamics_core.checkpoints import DOCUMENT_HASH, MODEL, document_sha256
from hyperdynamics_core.data.array_folder import ArrayFolderWriter
from hyperdynamics_core.data.crops import KIND
from hyperdynamics_core.data.push_folder import physics_fingerprint
from hyperdynamics_core.data.shards import Shard, shard_path, write_shard
from hyperdynamics_core.data.trajectories import write_header
from hyperdynamics_core.systems.push import PUSH
from tests.methods.examples import random_states

OBJECTS = ("round", "long", "flat")
CROPS, CHANNELS = 4, 2


def write_pushes(folder: Path, systems: int = 12, per_system: int = 2, steps: int = 5, seed: int = 0) -> Path:
    """Trajectories whose objects follow the rod, the more so the lighter they are and the more they lie along it."""
    generator = torch.Generator().manual_seed(seed)
    count = systems * per_system
    system = torch.arange(systems).repeat_interleave(per_system)
    mass = (300 + 700 * torch.rand(systems, generator=generator))[system]
    states = [random_states(count, generator)]
    actions = 0.04 * torch.randn(count, steps, 3, generator=generator) * torch.tensor([1.0, 1.0, 0.0])
    for step in range(steps):
        delta = torch.zeros(count, 15)
        delta[:, :3] = actions[:, step] * (300.0 / mass).unsqueeze(1) * (1.0 + 0.3 * (system % 3)).unsqueeze(1)
        delta[:, 5], delta[:, 12:] = actions[:, step, 0] * 4.0, actions[:, step]
        states.append(PUSH.compose(states[-1], delta))
    shard = Shard(
        torch.stack(states, 1).numpy(),
        actions.numpy(),
        (system % len(OBJECTS)).numpy(),
        system.numpy(),
        mass.numpy(),
        np.full(count, 1e-3, np.float32),
        np.zeros((count, 3), np.float32),
    )
    folder.mkdir(parents=True)
    physics = {"rate_hz": 240}
    header = {"fingerprint": f"seed{seed}", "physics_fingerprint": physics_fingerprint(physics)}
    write_header(folder, {**header, "physics": physics, "objects": OBJECTS, "shards": 1})
    write_shard(shard_path(folder, 0), shard, header)
    return folder


def write_crops(folder: Path, names: tuple[str, ...] = OBJECTS, seed: int = 0) -> Path:
    """A crop pool of boxes of different lengths, seen at random yaws."""
    rng = np.random.default_rng(seed)
    pairs = (len(names), CROPS)
    arrays = {
        "maps": ((*pairs, CHANNELS, 16, 32, 32), "uint8"),
        "masks": ((*pairs, 32, 32), "uint8"),
        "yaws": (pairs, "float32"),
        "offsets": ((*pairs, 3), "float32"),
        "views": (pairs, "uint8"),
    }
    meta = {"kind": KIND, "object_names": names, "maps": {"crop_form": "fine"}}
    writer = ArrayFolderWriter(folder, arrays, meta)
    for item in range(len(names)):
        for crop in range(CROPS):
            yaw = rng.uniform(-math.pi, math.pi)
            mask = box_mask(4.0 + 3.0 * item, 4.0, yaw)
            writer.arrays["masks"][item, crop], writer.arrays["yaws"][item, crop] = 255 * mask, yaw
            writer.arrays["maps"][item, crop] = 255 * mask
        writer.commit(item + 1)
    writer.finish()
    return folder


def box_mask(length: float, width: float, yaw: float) -> np.ndarray:
    """[32, 32] silhouette of a box (sizes in pixels) turned by yaw; rows along y, columns along x."""
    axis = np.arange(32) - 15.5
    y, x = np.meshgrid(axis, axis, indexing="ij")
    along, across = math.cos(yaw) * x + math.sin(yaw) * y, math.cos(yaw) * y - math.sin(yaw) * x
    return (np.abs(along) < length) & (np.abs(across) < width)


def without(folder: Path, *entries: str) -> None:
    """A checkpoint as an older version wrote it: these entries, at any depth, are not in its configuration."""

    def older(config: Any) -> Any:
        if not isinstance(config, dict):
            return config
        return {name: older(value) for name, value in config.items() if name not in entries}

    document = json.loads((folder / MODEL).read_text())
    document["config"] = older(document["config"])
    document[DOCUMENT_HASH] = document_sha256(document)
    (folder / MODEL).write_text(json.dumps(document))

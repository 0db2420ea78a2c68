"""Makes pools of rendered scenes of 1 to 3 objects, with the truth, to train and test the detector on.

    python -m sim_bridges.pushing.scene_pool train --scenes 16000 --out data/scenes-train
    python -m sim_bridges.pushing.scene_pool novel --scenes 1000 --seed 1 --out data/scenes-novel

`train` mixes the seen objects half and half with random members of the families; a split's name means its objects.
Row i depends on (seed, i) alone: a killed run continues where it stopped, to the same bytes.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

import numpy as np
import tyro
from rich.progress import track

from hyperdynamics_core.data.array_folder import ArrayFolderWriter
from hyperdynamics_core.data.scenes import KIND, MAX_OBJECTS, camera_to_json, encode_depth
from sim_bridges.pushing.cameras import IMAGE_SIZE, N_VIEWS, paper_cameras
from sim_bridges.pushing.objects import (
    FAMILIES,
    GEOMETRY_VERSION,
    SPLITS,
    PushObject,
    load_object,
    object_names,
    random_member,
)
from sim_bridges.pushing.rendering import Renderer, RenderResult
from sim_bridges.pushing.scenes import Scene, sample_scene

COMMIT_EVERY = 500


@dataclass(frozen=True)
class ScenePoolConfig:
    """What a pool holds."""

    source: Annotated[str, tyro.conf.Positional]
    """train: seen objects and random shapes; seen, novel, all: the objects of that split."""
    out: Path
    """Folder to make."""
    scenes: int = 16000
    """Number of images, each of its own scene from one random view."""
    random_share: float = 0.5
    """Share of random shapes among the objects of `train`."""
    random_shapes: int = 1500
    """Number of different random shapes in `train`."""
    seed: int = 0
    """Of everything random."""

    def __post_init__(self) -> None:
        if self.source not in (*SPLITS, "train"):
            raise ValueError(f"unknown source {self.source!r}; choose one of train, {', '.join(SPLITS)}")
        if self.scenes < 1:
            raise ValueError(f"a pool needs one scene or more, got {self.scenes}")


def make_pool(config: ScenePoolConfig) -> Path:
    """Make the pool, or continue it; returns its folder.

    Raises:
        DataFolderError: the folder exists, or was begun with other settings.
    """
    cameras, renderer = paper_cameras(), Renderer()
    settings = {name: value for name, value in asdict(config).items() if name != "out"}
    meta = {"kind": KIND, "geometry_version": GEOMETRY_VERSION, **settings}
    writer = ArrayFolderWriter(config.out, _arrays(config.scenes), meta)
    for index in track(range(writer.rows_done, config.scenes), description=f"scenes of {config.source}"):
        rng = np.random.default_rng([config.seed, index])
        objects = [_draw(config, rng) for _ in range(rng.integers(1, MAX_OBJECTS + 1))]
        scene, view = sample_scene(objects, rng), int(rng.integers(N_VIEWS))
        result = renderer.render(scene.bodies, scene.end_effector, cameras[view], scene.look)
        _store(writer, index, scene, view, result)
        if (index + 1) % COMMIT_EVERY == 0:
            writer.commit(index + 1)
    fingerprint = writer.finish({"cameras": [camera_to_json(camera) for camera in cameras]})
    print(f"{config.out}: {config.scenes} scenes, fingerprint {fingerprint}")
    return config.out


def _draw(config: ScenePoolConfig, rng: np.random.Generator) -> PushObject:
    if config.source == "train" and rng.random() < config.random_share:
        return _random_shape(config.seed, int(rng.integers(config.random_shapes)))
    names = object_names("seen" if config.source == "train" else config.source)
    return load_object(names[int(rng.integers(len(names)))])


@cache
def _random_shape(seed: int, number: int) -> PushObject:
    return random_member(FAMILIES[number % len(FAMILIES)], np.random.default_rng([seed, number, 77]))


def _store(writer: ArrayFolderWriter, index: int, scene: Scene, view: int, result: RenderResult) -> None:
    arrays, n = writer.arrays, len(scene.bodies)
    arrays["rgb"][index] = result.frame.rgb
    arrays["depth"][index] = encode_depth(result.frame.depth)
    arrays["views"][index], arrays["counts"][index] = view, n
    arrays["boxes"][index, :n], arrays["positions"][index, :n] = scene.boxes, scene.positions
    arrays["pixels"][index, :n] = [(result.ids == body).sum() for body in range(n)]
    arrays["rods"][index] = np.nan if scene.end_effector is None else scene.end_effector


def _arrays(n: int) -> dict[str, tuple[tuple[int, ...], str]]:
    image = (n, IMAGE_SIZE, IMAGE_SIZE)
    return {
        "rgb": ((*image, 3), "uint8"),
        "depth": (image, "uint16"),
        "views": ((n,), "uint8"),
        "counts": ((n,), "uint8"),
        "boxes": ((n, MAX_OBJECTS, 6), "float32"),
        "positions": ((n, MAX_OBJECTS, 3), "float32"),
        "pixels": ((n, MAX_OBJECTS), "uint16"),
        "rods": ((n, 3), "float32"),
    }


if __name__ == "__main__":
    make_pool(tyro.cli(ScenePoolConfig, description=__doc__))

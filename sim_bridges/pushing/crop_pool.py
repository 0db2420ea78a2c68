"""Makes crop pools: object-centred crops of rendered scenes with true top-down masks (L_vp of section 3.1).

    python -m sim_bridges.pushing.crop_pool seen --out data/crops-seen
    python -m sim_bridges.pushing.crop_pool shapes --objects 4000 --crops 4 --out data/crops-shapes

`seen`, `novel` and `all` are the objects of that split; `folder:FOLDER` are your own meshes; `shapes` are random
members of all families, never pushed.
Row i depends on (seed, i) alone: a killed run continues where it stopped, to the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import tyro
from numpy.typing import NDArray
from rich.progress import track

from hyperdynamics_core.data.array_folder import ArrayFolderWriter
from hyperdynamics_core.data.crops import KIND, encode_map
from hyperdynamics_core.vision.grids import CROP_GRID
from hyperdynamics_core.vision.maps import MapConfig, crop_map
from sim_bridges.pushing.cameras import N_VIEWS, paper_cameras
from sim_bridges.pushing.objects import (
    FAMILIES,
    GEOMETRY_VERSION,
    SPLITS,
    PushObject,
    load_object,
    object_names,
    random_member,
)
from sim_bridges.pushing.rendering import Renderer, top_down_mask
from sim_bridges.pushing.scenes import SceneConfig, sample_scene
from sim_bridges.pushing.user_meshes import expand_names

COMMIT_EVERY = 20
"""Objects between two points from which a killed run continues."""


@dataclass(frozen=True)
class CropPoolConfig:
    """What a pool holds."""

    source: Annotated[str, tyro.conf.Positional]
    """seen, novel, all: the objects of that split; folder:FOLDER: your own meshes; shapes: random members."""
    out: Path
    """Folder to make."""
    objects: int = 4000
    """Number of random shapes (ignored otherwise)."""
    crops: int = 192
    """Crops of each object."""
    neighbours_share: float = 0.3
    """Share of crops with another object on the table, half of them close by."""
    jitter: float = 0.0025
    """Standard deviation of the detected position along x and y, m."""
    seed: int = 0
    """Of everything random."""
    maps: MapConfig = MapConfig()
    """How a frame becomes a crop."""

    def __post_init__(self) -> None:
        if self.source not in (*SPLITS, "shapes") and not self.source.startswith("folder:"):
            raise ValueError(
                f"unknown source {self.source!r}; choose one of {', '.join(SPLITS)}, shapes, or folder:<of meshes>"
            )
        if self.crops < 1 or self.objects < 1:
            raise ValueError(f"a pool needs one object and one crop or more, got {self.objects} and {self.crops}")


class CropMaker:
    """Renders random scenes around given objects and crops them."""

    def __init__(self, config: CropPoolConfig, neighbours: Callable[[np.random.Generator], PushObject]) -> None:
        self._config = config
        self._neighbours = neighbours
        self._renderer, self._cameras, self._scenes = Renderer(), paper_cameras(), SceneConfig()

    def fill(self, item: PushObject, row: dict[str, NDArray[np.generic]], rng: np.random.Generator) -> None:
        """Fill one row, i.e. all crops of one object; `row` holds the arrays of `CropPool` at that object."""
        for crop in range(self._config.crops):
            others = [self._neighbours(rng)] if rng.random() < self._config.neighbours_share else []
            scene = sample_scene([item, *others], rng, self._scenes)
            view = int(rng.integers(N_VIEWS))
            frame = self._renderer.render(scene.bodies, scene.end_effector, self._cameras[view], scene.look).frame
            seen_at = scene.positions[0, :2] + rng.normal(0.0, self._config.jitter, 2)
            row["maps"][crop] = encode_map(crop_map(frame, seen_at, self._config.maps))
            row["masks"][crop] = encode_map(top_down_mask(item, float(scene.yaws[0])))
            row["yaws"][crop], row["views"][crop] = scene.yaws[0], view
            row["offsets"][crop] = scene.positions[0] - (*seen_at, 0.0)


def make_pool(config: CropPoolConfig) -> Path:
    """Make the pool, or continue it; returns its folder.

    Raises:
        DataFolderError: the folder exists, or was begun with other settings.
        ValueError: a folder of meshes that cannot be used.
    """
    names = _shape_names(config.objects) if config.source == "shapes" else _named_objects(config.source)
    meta = {"kind": KIND, "geometry_version": GEOMETRY_VERSION, **_settings(config)}
    writer = ArrayFolderWriter(config.out, _arrays(config, len(names)), meta)
    maker = CropMaker(config, _neighbours(config.source))
    for index in track(range(writer.rows_done, len(names)), description=f"crops of {config.source}"):
        rng = np.random.default_rng([config.seed, index])
        item = load_object(names[index]) if config.source != "shapes" else random_member(_family(index), rng)
        maker.fill(item, {name: array[index] for name, array in writer.arrays.items()}, rng)
        if (index + 1) % COMMIT_EVERY == 0:
            writer.commit(index + 1)
    print(
        f"{config.out}: {len(names)} objects x {config.crops} crops, fingerprint",
        writer.finish({"object_names": names}),
    )
    return config.out


def _arrays(config: CropPoolConfig, n: int) -> dict[str, tuple[tuple[int, ...], str]]:
    rows = (n, config.crops)
    return {
        "maps": ((*rows, config.maps.crop_channels, *CROP_GRID.shape), "uint8"),
        "masks": ((*rows, *CROP_GRID.shape[1:]), "uint8"),
        "yaws": (rows, "float32"),
        "views": (rows, "uint8"),
        "offsets": ((*rows, 3), "float32"),
    }


def _settings(config: CropPoolConfig) -> dict[str, object]:
    settings = asdict(config)
    settings.pop("out")
    return settings


def _family(index: int) -> str:
    return FAMILIES[index % len(FAMILIES)]


def _shape_names(n: int) -> list[str]:
    return [f"random/{_family(index)}/{index:05d}" for index in range(n)]


def _named_objects(source: str) -> list[str]:
    return list(expand_names((source,))) if source.startswith("folder:") else object_names(source)


def _neighbours(source: str) -> Callable[[np.random.Generator], PushObject]:
    """Other objects on the table: never a test object unless the pool is of test objects."""
    names = object_names(source if source in SPLITS else "seen")
    return lambda rng: load_object(names[int(rng.integers(len(names)))])


if __name__ == "__main__":
    make_pool(tyro.cli(CropPoolConfig, description=__doc__))

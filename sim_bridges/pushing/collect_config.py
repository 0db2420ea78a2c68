"""What a collection is made of, and what tells it from another."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hyperdynamics_core.data.shards import FORMAT_VERSION
from sim_bridges.pushing.objects import GEOMETRY_VERSION, load_object, object_names
from sim_bridges.pushing.physics import physics_named
from sim_bridges.pushing.rollout import ShardSpec
from sim_bridges.pushing.user_meshes import expand_names
from sim_bridges.pushing.variation import variation_named


@dataclass(frozen=True)
class CollectConfig:
    """What to collect and where to put it."""

    out: Path
    """Folder to write to; an unfinished one of the same configuration is resumed."""
    trajectories: int = 1000
    """Trajectories to keep, rounded up to whole systems."""
    workers: int = 1
    """Processes."""
    cluster: str | None = None
    """Work on a Ray cluster instead of processes here: auto, HOST:PORT, ray://HOST:PORT, or local (one of this
    machine alone, with --workers processes). The result does not depend on it."""
    variation: str = "paper"
    """Ranges of the hidden properties: paper, wide or out-of-range."""
    split: str = "seen"
    """Objects: seen, novel or all."""
    physics: str = "kuka"
    """kuka, or gantry for fast tests."""
    seed: int = 0
    """Seed of everything."""
    steps: int = 5
    """Pushes a trajectory."""
    region: float = 0.15
    """Half side of the square that objects start in, m. From anywhere on the table every fifth trajectory falls off,
    those of light and slippery objects first, and filtering would bias what is learned."""
    trajectories_per_system: int = 3
    """Trajectories of each drawn system (object, mass, friction, centre of mass), 2 or more."""
    shard_trajectories: int = 63
    """Trajectories a file, a multiple of trajectories_per_system."""
    objects: tuple[str, ...] = ()
    """Object names instead of a split; folder:PATH for your own meshes."""

    def __post_init__(self) -> None:
        for name in ("trajectories", "workers", "steps"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be 1 or more")
        if self.trajectories_per_system < 2:
            raise ValueError("trajectories_per_system must be 2 or more: a history comes from another trajectory")
        if self.shard_trajectories < 1 or self.shard_trajectories % self.trajectories_per_system:
            raise ValueError(
                f"shard_trajectories {self.shard_trajectories} must be a multiple of {self.trajectories_per_system}"
            )
        if not 0.0 < self.region <= 0.3:
            raise ValueError(f"region {self.region} must lie between 0 and 0.3 m, half the table")
        for name in self.names:
            load_object(name)
        physics_named(self.physics)
        variation_named(self.variation)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the objects that are pushed."""
        return expand_names(self.objects) if self.objects else tuple(object_names(self.split))

    @property
    def rounded(self) -> int:
        """Trajectories in whole systems."""
        return -(-self.trajectories // self.trajectories_per_system) * self.trajectories_per_system

    @property
    def shards(self) -> int:
        """Number of files."""
        return -(-self.rounded // self.shard_trajectories)

    def header(self) -> dict[str, Any]:
        """What decides the data, with its fingerprint, as ``dataset.json`` keeps it."""
        physics, ranges = physics_named(self.physics), variation_named(self.variation)
        decisive = {
            "physics": physics.as_dict(),
            "physics_fingerprint": physics.fingerprint(),
            "geometry_version": GEOMETRY_VERSION,
            "variation": self.variation,
            "ranges": {"mass": ranges.mass, "friction": ranges.friction, "centre_of_mass": ranges.centre_of_mass},
            "objects": list(self.names),
            "seed": self.seed,
            "steps": self.steps,
            "region": self.region,
            "trajectories_per_system": self.trajectories_per_system,
            "shard_trajectories": self.shard_trajectories,
            "format_version": FORMAT_VERSION,
        }
        digest = hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()[:16]
        size = {"trajectories": self.rounded, "shards": self.shards, "split": self.split}
        return {**decisive, **size, "fingerprint": digest, "versions": versions()}

    def shard(self, index: int, header: dict[str, Any]) -> ShardSpec:
        """Everything that shard `index` is made from."""
        count = min(self.shard_trajectories, self.rounded - index * self.shard_trajectories)
        systems = self.shard_trajectories // self.trajectories_per_system
        return ShardSpec(
            index,
            count // self.trajectories_per_system,
            self.trajectories_per_system,
            index * systems,
            self.steps,
            self.region,
            self.names,
            self.variation,
            self.physics,
            self.seed,
            header["fingerprint"],
        )


def versions() -> dict[str, str]:
    """Versions of what makes the data."""
    packages = {name: importlib.metadata.version(name) for name in ("pybullet", "numpy", "trimesh", "manifold3d")}
    return {"python": platform.python_version(), **packages}

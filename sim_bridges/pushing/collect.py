"""Collect random push trajectories in parallel, resumable at any moment (sections 4.1 and A.1).

Shard i is a pure function of (configuration, seed, i): a run that was killed and started again writes the same bytes.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import tyro

from hyperdynamics_core.data.trajectories import (
    FORMAT_VERSION,
    check_shard,
    read_header,
    read_shard,
    shard_path,
    write_header,
    write_shard,
)
from sim_bridges.pushing.objects import GEOMETRY_VERSION, load_object, object_names
from sim_bridges.pushing.physics import physics_named
from sim_bridges.pushing.progress import Progress
from sim_bridges.pushing.rollout import FILTERED, ShardSpec, collect_shard
from sim_bridges.pushing.user_meshes import expand_names
from sim_bridges.pushing.variation import variation_named
from sim_bridges.pushing.workers import folder_lock, prepare_worker


@dataclass(frozen=True)
class CollectConfig:
    """What to collect and where to put it."""

    out: Path
    """Folder to write to; an unfinished one of the same configuration is resumed."""
    trajectories: int = 1000
    """Trajectories to keep, rounded up to whole systems."""
    workers: int = 1
    """Processes."""
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
    """Half side of the square that objects start in, m. From anywhere on the table every fifth trajectory falls off, those of
    light and slippery objects first, and filtering would bias what is learned."""
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


@dataclass(frozen=True)
class CollectSummary:
    """What a run did."""

    kept: int
    """Trajectories written by this run."""
    filtered: dict[str, int]
    """Trajectories that this run threw away, by reason."""
    shards_written: int
    """Files written by this run."""
    shards_skipped: int
    """Files that were there already."""
    seconds: float
    """Wall time."""


def versions() -> dict[str, str]:
    """Versions of what makes the data."""
    packages = {name: importlib.metadata.version(name) for name in ("pybullet", "numpy", "trimesh", "manifold3d")}
    return {"python": platform.python_version(), **packages}


def collect(config: CollectConfig, quiet: bool = False) -> CollectSummary:
    """Collect what is still missing of a configuration's data.

    Raises:
        ValueError: the folder holds another configuration or physics, or a foreign file, or is being written to.
    """
    with folder_lock(config.out):
        return _collect(config, config.header(), quiet)


def _collect(config: CollectConfig, header: dict[str, Any], quiet: bool) -> CollectSummary:
    _claim_folder(config, header)
    todo = [i for i in range(config.shards) if not _is_done(config, header, i)]
    filtered: Counter[str] = Counter()
    kept, began = 0, time.perf_counter()
    with Progress(config.rounded, _kept_before(config, todo), quiet) as progress:
        for count, reasons in _run([config.shard(i, header) for i in todo], config):
            kept += count
            filtered.update(reasons)
            progress.advance(count, filtered)
    seconds = time.perf_counter() - began
    return CollectSummary(kept, dict(filtered), len(todo), config.shards - len(todo), seconds)


def _claim_folder(config: CollectConfig, header: dict[str, Any]) -> None:
    """Make the folder this configuration's, or refuse it."""
    for leftover in config.out.glob("*.tmp"):
        leftover.unlink(missing_ok=True)
    if (config.out / "dataset.json").exists():
        existing = read_header(config.out)
        differing = sorted(key for key in header if key not in _FREE and existing.get(key) != _as_json(header[key]))
        if differing:
            raise ValueError(
                f"{config.out} was collected with another {', '.join(differing)}; "
                "data of different settings is not mixed: choose another folder"
            )
        if existing["trajectories"] > header["trajectories"]:
            raise ValueError(
                f"{config.out} is a collection of {existing['trajectories']} trajectories, "
                f"{header['trajectories']} were asked for; choose another folder"
            )
    elif any(config.out.glob("*.npz")):
        raise ValueError(f"{config.out} holds .npz files but no dataset.json; choose an empty folder")
    write_header(config.out, header)


_FREE = ("trajectories", "shards", "split", "versions")


def _as_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


def _is_done(config: CollectConfig, header: dict[str, Any], index: int) -> bool:
    """Whether a shard is there, whole and of this collection; a damaged or too short one is collected again."""
    path = shard_path(config.out, index)
    if not path.exists():
        return False
    try:
        shard, meta = read_shard(path)
        check_shard(shard, str(path))
    except ValueError:
        return False
    if meta.get("fingerprint") != header["fingerprint"]:
        raise ValueError(f"{path} belongs to another collection ({meta.get('fingerprint')}); move it away")
    spec = config.shard(index, header)
    return len(shard) == spec.systems * spec.per_system


def _kept_before(config: CollectConfig, todo: list[int]) -> int:
    sizes = [min(config.shard_trajectories, config.rounded - i * config.shard_trajectories) for i in todo]
    return config.rounded - sum(sizes)


def _run(specs: list[ShardSpec], config: CollectConfig) -> Iterator[tuple[int, dict[str, int]]]:
    """Collect shards in this process or in workers; yields kept and filtered counts shard by shard."""
    tasks = [(spec, config.out) for spec in specs]
    if config.workers == 1 or len(tasks) <= 1:
        yield from map(_one_shard, tasks)
        return
    with get_context("spawn").Pool(min(config.workers, len(tasks)), prepare_worker) as pool:
        yield from pool.imap_unordered(_one_shard, tasks)


def _one_shard(task: tuple[ShardSpec, Path]) -> tuple[int, dict[str, int]]:
    spec, out = task
    shard, filtered = collect_shard(spec)
    meta = {
        "shard": spec.index,
        "seed": spec.seed,
        "fingerprint": spec.fingerprint,
        "physics": physics_named(spec.physics).as_dict(),
        "physics_fingerprint": physics_named(spec.physics).fingerprint(),
        "objects": list(spec.names),
        "variation": spec.variation,
        "versions": versions(),
        "filtered": {reason: filtered[reason] for reason in FILTERED},
    }
    write_shard(shard_path(out, spec.index), shard, meta)
    return len(shard), dict(filtered)


def main() -> None:
    """Command line: ``python -m sim_bridges.pushing.collect --out DIR``."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        summary = collect(tyro.cli(CollectConfig, description=__doc__))
    except ValueError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("stopped; run the same command again to go on from here")
    rate = summary.kept / max(summary.seconds, 1e-9)
    print(f"kept {summary.kept} trajectories in {summary.seconds:.0f} s ({rate:.1f}/s), filtered {summary.filtered}")


if __name__ == "__main__":
    main()

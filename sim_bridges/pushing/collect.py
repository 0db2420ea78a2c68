"""Collect random push trajectories in parallel, resumable at any moment (sections 4.1 and A.1).

Shard i is a pure function of (configuration, seed, i): a run that was killed and started again writes the same bytes.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tyro

from hyperdynamics_core.data.shards import Shard, read_shard, shard_path, write_shard
from hyperdynamics_core.data.trajectories import read_header, write_header
from hyperdynamics_core.processes import worker_context
from sim_bridges.cluster import Finder, connected
from sim_bridges.pushing.collect_config import CollectConfig, versions
from sim_bridges.pushing.physics import physics_named
from sim_bridges.pushing.progress import Progress
from sim_bridges.pushing.rollout import FILTERED, ShardSpec, collect_shard
from sim_bridges.workers import folder_lock, prepare_worker

__all__ = ["CollectConfig", "CollectSummary", "collect"]


@dataclass(frozen=True)
class CollectSummary:
    """What a run did."""

    kept: int
    """Trajectories written by this run."""
    filtered: dict[str, int]
    """Trajectories that were thrown away for what the folder holds, by reason; also by earlier runs."""
    shards_written: int
    """Files written by this run."""
    shards_skipped: int
    """Files that were there already."""
    seconds: float
    """Wall time."""


def collect(config: CollectConfig, quiet: bool = False) -> CollectSummary:
    """Collect what is still missing of a configuration's data.

    Raises:
        ValueError: the folder holds another configuration or physics, or a foreign file, or is being written to.
    """
    with folder_lock(config.out):
        return _collect(config, config.header(), quiet)


def _collect(config: CollectConfig, header: dict[str, Any], quiet: bool) -> CollectSummary:
    _claim_folder(config, header)
    done = {i: reasons for i in range(config.shards) if (reasons := _filtered_of(config, header, i)) is not None}
    todo = [i for i in range(config.shards) if i not in done]
    filtered = sum(map(Counter, done.values()), Counter[str]())
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
        if existing.get("trajectories", 0) > header["trajectories"]:
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


def _filtered_of(config: CollectConfig, header: dict[str, Any], index: int) -> dict[str, int] | None:
    """What was thrown away for a shard that is there, whole and of this collection, by reason.

    None: it is to be collected, for the first time, or because it is damaged or too short.
    """
    path = shard_path(config.out, index)
    if not path.exists():
        return None
    try:
        shard, meta = read_shard(path)
    except ValueError:
        return None
    if meta.get("fingerprint") != header["fingerprint"]:
        raise ValueError(f"{path} belongs to another collection ({meta.get('fingerprint')}); move it away")
    spec = config.shard(index, header)
    return dict(meta["filtered"]) if len(shard) == spec.systems * spec.per_system else None


def _kept_before(config: CollectConfig, todo: list[int]) -> int:
    sizes = [min(config.shard_trajectories, config.rounded - i * config.shard_trajectories) for i in todo]
    return config.rounded - sum(sizes)


def _run(specs: list[ShardSpec], config: CollectConfig) -> Iterator[tuple[int, dict[str, int]]]:
    """Collect shards in this process or in workers; yields kept and filtered counts shard by shard."""
    tasks = [(spec, config.out) for spec in specs]
    if config.cluster and tasks:
        with connected(config.cluster, config.workers) as cluster:
            for number, (shard, filtered) in cluster.run(_shard_elsewhere, specs):
                yield _write(specs[number], shard, filtered, config.out)
        return
    if config.workers == 1 or len(tasks) <= 1:
        yield from map(_one_shard, tasks)
        return
    with worker_context().Pool(min(config.workers, len(tasks)), prepare_worker) as pool:
        yield from pool.imap_unordered(_one_shard, tasks)


def _one_shard(task: tuple[ShardSpec, Path]) -> tuple[int, dict[str, int]]:
    spec, out = task
    return _write(spec, *collect_shard(spec), out)


def _shard_elsewhere(spec: ShardSpec, _: Finder) -> tuple[Shard, Counter[str]]:
    """On another machine: whoever asked for it writes it down."""
    return collect_shard(spec)


def _write(spec: ShardSpec, shard: Shard, filtered: Counter[str], out: Path) -> tuple[int, dict[str, int]]:
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

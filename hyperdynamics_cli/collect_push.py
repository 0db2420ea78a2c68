"""``hyperdynamics collect push``: random pushes in simulation, in parallel, resumable at any moment."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import tyro

from hyperdynamics_cli.results import check_writable, write_json
from sim_bridges.pushing.collect import CollectConfig, collect


@dataclass(frozen=True)
class Options:
    """Record random pushes in simulation. Stopped at any time, the same command goes on where it was."""

    config: Annotated[CollectConfig, tyro.conf.arg(name="")]
    json: Path | None = None
    """Write what was done to this file."""


def run(options: Options) -> int:
    """Collect what is missing."""
    check_writable(options.json)
    config = options.config
    summary = collect(config)
    filtered = ", ".join(f"{count} {reason}" for reason, count in summary.filtered.items() if count) or "none"
    print(
        f"{config.out}: {config.rounded} trajectories, {summary.kept} of them new in {summary.seconds:.0f} s; "
        f"thrown away: {filtered}"
    )
    write_json(options.json, {"out": config.out, "seeds": [config.seed], "trials": config.rounded, **asdict(summary)})
    return 0

"""``hyperdynamics train dynamics``: several methods and seeds on one set of episodes (the fixed-data protocol)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from hyperdynamics_cli.results import check_writable, write_json
from hyperdynamics_core.training.fixed_data import METRICS, FixedDataConfig
from hyperdynamics_core.training.fixed_data import run as train


@dataclass(frozen=True)
class Options:
    """Train methods on recorded episodes and test them on held-out ones. Given again, it goes on where it was."""

    config: Annotated[FixedDataConfig, tyro.conf.arg(name="")]
    json: Path | None = None
    """Write the held-out figures to this file, besides OUT/metrics.json."""


def run(options: Options) -> int:
    """Train to the end, test, say the figures."""
    from hyperdynamics_cli.locomotion_errors import say_errors
    from sim_bridges.workers import folder_lock

    check_writable(options.json)
    config = options.config
    with folder_lock(config.out):
        figures = train(config)
    for split in ("seen", "novel"):
        tables = {name: each[split] for name, each in figures["methods"].items() if split in each}
        if tables:
            print(f"held-out episodes, {split} values")
            say_errors(tables)
    print(f"figures are in {config.out / METRICS}, models in {config.out}/METHOD/seed-N/model")
    write_json(options.json, {**figures, "trials": figures["episodes"]["test"]})
    return 0

"""``hyperdynamics collect crops``: rendered crops with true top-down masks, for the shape encoder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from hyperdynamics_cli.results import check_writable, write_json
from sim_bridges.pushing.crop_pool import CropPoolConfig, make_pool


@dataclass(frozen=True)
class Options:
    """Render views of objects for the shape encoder. Stopped at any time, the same command goes on where it was."""

    config: Annotated[CropPoolConfig, tyro.conf.arg(name="")]
    json: Path | None = None
    """Write what was done to this file."""


def run(options: Options) -> int:
    """Make the pool, or continue it."""
    check_writable(options.json)
    config = options.config
    folder = make_pool(config)
    write_json(options.json, {"out": folder, "source": config.source, "crops": config.crops, "seeds": [config.seed]})
    return 0

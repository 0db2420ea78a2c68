"""``hyperdynamics collect scenes``: rendered scenes of one to three objects with the truth, for the detector."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from hyperdynamics_cli.results import check_writable, write_json
from sim_bridges.pushing.scene_pool import ScenePoolConfig, make_pool


@dataclass(frozen=True)
class Options:
    """Render scenes for the detector. Stopped at any time, the same command goes on where it was."""

    config: Annotated[ScenePoolConfig, tyro.conf.arg(name="")]
    json: Path | None = None
    """Write what was done to this file."""


def run(options: Options) -> int:
    """Make the pool, or continue it."""
    check_writable(options.json)
    config = options.config
    folder = make_pool(config)
    write_json(options.json, {"out": folder, "source": config.source, "scenes": config.scenes, "seeds": [config.seed]})
    return 0

"""``hyperdynamics train vision``: trains detector, close look and shape encoder on rendered pools."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from hyperdynamics_cli.results import check_writable, write_json
from hyperdynamics_core.training.vision import PARTS, VisionConfig, export, train


@dataclass(frozen=True)
class Options:
    """Train the detector and the shape encoder, then put them into one checkpoint.

    Stopped at any time, the same command goes on where it was.
    """

    config: Annotated[VisionConfig, tyro.conf.arg(name="")]
    out: Path = Path("models/push-perception")
    """Checkpoint folder to write when all parts are trained."""
    json: Path | None = None
    """Write the held-out figures to this file."""


def run(options: Options) -> int:
    """Train the parts; with all of them, write the checkpoint."""
    check_writable(options.json)
    config = options.config
    metrics: dict[str, object] = dict(train(config))
    if set(config.parts) == set(PARTS):
        metrics["checkpoint"] = export(config.run, options.out, config.data)
        print(f"the checkpoint is in {options.out}")
    write_json(options.json, {"run": config.run, "seeds": [config.seed], "metrics": metrics})
    return 0

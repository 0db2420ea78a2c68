"""``hyperdynamics train push``: trains a method on recorded pushes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from hyperdynamics_cli.results import check_writable, write_json
from hyperdynamics_core.training.push import MODEL_FOLDER, train
from hyperdynamics_core.training.push_config import PushTrainConfig


@dataclass(frozen=True)
class Options:
    """Train a method on recorded pushes. Stopped at any time, the same command goes on where it was."""

    config: Annotated[PushTrainConfig, tyro.conf.arg(name="")]
    json: Path | None = None
    """Write the held-out figures to this file."""


def run(options: Options) -> int:
    """Train to the end."""
    check_writable(options.json)
    config = options.config
    model = train(config) / MODEL_FOLDER
    metrics = json.loads((model / "model.json").read_text()).get("metrics", {})
    figures = ", ".join(f"{name} {value:.3g}" for name, value in metrics.items())
    print(f"the model is in {model}" + (f": {figures}" if figures else ""))
    write_json(options.json, {"model": model, "method": config.method, "metrics": metrics, "seeds": [config.seed]})
    return 0

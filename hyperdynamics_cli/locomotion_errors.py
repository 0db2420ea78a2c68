"""Prediction errors of trained models of legs on recorded episodes (Table 6), with the swap test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from hyperdynamics_cli.errors import UserError
from hyperdynamics_cli.locomotion import find_legged_model, load_legged
from hyperdynamics_cli.results import write_json
from hyperdynamics_core.data.episodes import EpisodeSet, join_sets
from hyperdynamics_core.data.windows import WindowData
from hyperdynamics_core.evaluation.rollout_error import (
    EVIDENCE,
    RolloutErrorConfig,
    Scales,
    rollout_errors,
    summarise,
)
from hyperdynamics_core.methods.storage import StoredMethod
from hyperdynamics_core.systems.legged import LEGGED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hyperdynamics_cli.evaluate_locomotion import Options

EVIDENCE_WORDS = {"own": "own window", "swap": "another's", "none": "no window"}


def evaluate_errors(options: Options) -> int:
    """Errors of every model given, those of one method together as its seeds."""
    torch.set_num_threads(1)
    data = open_sets(options.errors, options.robot)
    folders = [find_legged_model(given, options.robot, options.terrain) for given in options.model or (None,)]
    models = [(folder, load_legged(folder, options.robot)) for folder in folders]
    for folder, stored in models:
        check_held_out(folder, stored, data)
    config = RolloutErrorConfig(seed=options.seed[0])
    training = open_sets(options.scale, options.robot) if options.scale else data
    scales = Scales.of(WindowData(LEGGED[options.robot], training.episodes), config.horizons)
    methods = {
        name: _method_errors([each for each in models if each[1].info.name == name], data, scales, config)
        for name in dict.fromkeys(stored.info.name for _, stored in models)
    }
    say_errors(methods)
    write_json(
        options.json,
        {"task": data.physics.get("task"), "trials": len(data), "data_fingerprint": data.fingerprint,
         "seeds": [stored.info.config.get("seed", 0) for _, stored in models], "methods": methods},
    )  # fmt: skip
    return 0


def _method_errors(
    models: Sequence[tuple[Path, StoredMethod]], data: EpisodeSet, scales: Scales, config: RolloutErrorConfig
) -> dict[str, Any]:
    hidden = np.stack([episode.hidden[0] for episode in data.episodes])
    different = len(np.unique(hidden, axis=0)) > 1
    kinds = [kind for kind in EVIDENCE if models[0][1].method.n_int or kind == "own"]
    figures: dict[str, Any] = {"models": [str(folder) for folder, _ in models]}
    for kind in kinds:
        if kind == "swap" and not different:
            print("all episodes have the same hidden values: nobody to swap windows with")
            continue
        errors = [rollout_errors(stored.method, data.episodes, scales, config, kind) for _, stored in models]
        figures[kind] = summarise(errors, config)
    return figures


def check_held_out(folder: Path, stored: StoredMethod, data: EpisodeSet, option: str = "--errors") -> None:
    """Nothing may be tested on what a model was trained with. Raises UserError where it would be."""
    # A set that was joined of several folders carries the fingerprint of each, with a plus between them.
    common = set(stored.info.data_fingerprint.split("+")) & set(data.fingerprint.split("+"))
    if common - {""}:
        raise UserError(
            f"{folder} was trained with these very episodes, or with some of them (data {', '.join(sorted(common))}); "
            f"give others to {option} (the metrics.json that `train dynamics` leaves has the errors on held-out ones)"
        )


def open_sets(folders: Sequence[Path], robot: str) -> EpisodeSet:
    """The episodes of several folders together. Raises DataFolderError where they are not of one robot and physics."""
    return join_sets([EpisodeSet.open(folder, LEGGED[robot]) for folder in folders])


def say_errors(methods: dict[str, Any]) -> None:
    """A table: mean, interval and median of the normalised squared error, a line a method and window."""
    print("normalised squared error: mean (95 % interval), median")
    for name, figures in methods.items():
        for kind in (kind for kind in EVIDENCE if kind in figures):
            cells = [f"{horizon[1:]:>2} {_cell(each['normalised'])}" for horizon, each in figures[kind].items()]
            print(f"  {name:<18}{EVIDENCE_WORDS[kind]:<12}" + "   ".join(cells))


def _cell(figures: dict[str, Any]) -> str:
    low, high = figures["ci95"]
    return f"{figures['mean']:.3f} ({low:.3f} to {high:.3f}), {figures['median']:.3f}"

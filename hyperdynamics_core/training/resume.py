"""State of a training run to resume from: networks, optimiser and random generators, exactly, without pickle."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from hyperdynamics_core.checkpoints import Checkpoint, CheckpointError, ModelInfo, load_checkpoint, save_checkpoint

KIND = "training-state"
LAST = "last"
KEPT = 2
"""Older states are removed."""


def as_json(config: Any) -> dict[str, Any]:
    """A run's configuration, a dataclass, as JSON has it once it is read again; paths are text."""
    entries: dict[str, Any] = json.loads(json.dumps(asdict(config), default=str))
    return entries


def save_state(
    folder: Path,
    step: int,
    networks: Mapping[str, nn.Module],
    optimiser: torch.optim.Optimizer,
    generator: torch.Generator,
    info: ModelInfo,
) -> None:
    """Write ``folder/step-<step>`` and point ``folder/last`` at it."""
    save_tensors(folder, step, state_tensors(networks, optimiser, generator), info)


def state_tensors(
    networks: Mapping[str, nn.Module], optimiser: torch.optim.Optimizer, generator: torch.Generator
) -> dict[str, Tensor]:
    """All that changes in a run, by name."""
    tensors = {
        f"{name}/{key}": value for name, network in networks.items() for key, value in network.state_dict().items()
    }
    return tensors | _optimiser_tensors(optimiser) | {"generator": generator.get_state()}


def save_tensors(folder: Path, step: int, tensors: Mapping[str, Tensor], info: ModelInfo) -> None:
    """Write a state made of any tensors, as ``save_state`` does."""
    tensors = {**tensors, "step": torch.tensor(step)}
    name = f"step-{step:08d}"
    save_checkpoint(folder / name, tensors, info)
    link = folder / f".{LAST}.tmp"
    link.unlink(missing_ok=True)
    link.symlink_to(name)
    os.replace(link, folder / LAST)
    for old in sorted(folder.glob("step-*"))[:-KEPT]:
        shutil.rmtree(old)


def load_state(
    folder: Path,
    networks: Mapping[str, nn.Module],
    optimiser: torch.optim.Optimizer,
    generator: torch.Generator,
    info: ModelInfo,
    defaults: Mapping[str, Any] | None = None,
) -> int:
    """Restore what ``save_state`` wrote last. Returns the step. defaults: see ``load_tensors``.

    Raises:
        CheckpointError: none there, damaged, or of a run with another configuration or other data.
    """
    tensors = load_tensors(folder, info, defaults=defaults)
    restore(tensors, networks, optimiser, generator)
    return int(tensors["step"])


def restore(
    tensors: Mapping[str, Tensor],
    networks: Mapping[str, nn.Module],
    optimiser: torch.optim.Optimizer,
    generator: torch.Generator,
) -> None:
    """Take over what ``state_tensors`` gave."""
    for name, network in networks.items():
        network.load_state_dict(_part(tensors, name))
    _restore_optimiser(optimiser, _part(tensors, "optimiser"))
    generator.set_state(tensors["generator"])


def load_tensors(
    folder: Path, info: ModelInfo, free: Collection[str] = (), defaults: Mapping[str, Any] | None = None
) -> dict[str, Tensor]:
    """What ``save_tensors`` or ``save_state`` wrote last, ``step`` among it. Raises what ``load_state`` raises.

    Args:
        folder: where it wrote.
        info: of the run that goes on.
        free: entries of the configuration that may be others than when it was written.
        defaults: of the configuration; an older version wrote none of the entries that have come since, and did what
            their defaults do.
    """
    path = folder / LAST
    checkpoint = load_checkpoint(path, KIND, info.system)
    _check_same_run(path, checkpoint, info, free, defaults or {})
    return checkpoint.tensors


def _check_same_run(
    path: Path, checkpoint: Checkpoint, info: ModelInfo, free: Collection[str], defaults: Mapping[str, Any]
) -> None:
    then, now = (
        {name: value for name, value in config.items() if name not in free}
        for config in (filled(checkpoint.info.config, defaults), info.config)
    )
    for what, found, wanted in (
        ("configuration", then, now),
        ("training data", checkpoint.info.data_fingerprint, info.data_fingerprint),
    ):
        if found != wanted:
            raise CheckpointError(
                f"{path} was written with another {what} ({_difference(found, wanted)}); "
                "resume with the same one, or choose another output folder"
            )


def filled(config: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration with the defaults of the entries that it lacks, at every depth."""
    deeper = {
        name: filled(config[name], value)
        for name, value in defaults.items()
        if isinstance(value, Mapping) and isinstance(config.get(name), Mapping)
    }
    return {**defaults, **config, **deeper}


def _difference(found: object, wanted: object) -> str:
    if isinstance(found, Mapping) and isinstance(wanted, Mapping):
        names = [name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name)]
        return ", ".join(f"{name}: {found.get(name)!r} there, {wanted.get(name)!r} now" for name in sorted(names))
    return f"{found!r} there, {wanted!r} now"


def _part(tensors: Mapping[str, Tensor], name: str) -> dict[str, Tensor]:
    return {key.removeprefix(f"{name}/"): value for key, value in tensors.items() if key.startswith(f"{name}/")}


def _optimiser_tensors(optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    return {
        f"optimiser/{index}/{key}": value
        for index, values in optimiser.state_dict()["state"].items()
        for key, value in values.items()
    }


def _restore_optimiser(optimiser: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        index, key = name.split("/")
        state.setdefault(int(index), {})[key] = value
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})

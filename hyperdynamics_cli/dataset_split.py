"""``hyperdynamics dataset split``: whole episodes or systems to train with, and whole ones to measure on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from hyperdynamics_cli.results import check_writable, write_json


@dataclass(frozen=True)
class Options:
    """Part a set at random into OUT/train and OUT/held-out: of legs whole episodes, of pushes whole systems (an object
    with its mass and friction), with their recorded crops."""

    folder: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="SET")]
    """Folder of episodes, or of push trajectories."""
    out: Path
    """Where the two folders are made."""
    held_out: float = 0.1
    """Share of the episodes or systems that is held out."""
    seed: int = 0
    """Of the drawing."""
    json: Path | None = None
    """Write what was done to this file."""


def run(options: Options) -> int:
    """Read one, write two."""
    from hyperdynamics_cli.locomotion import system_of_set
    from hyperdynamics_cli.set_kinds import holds_pushes
    from hyperdynamics_core.data.episode_sets import HELD_OUT, TRAIN, split

    check_writable(options.json)
    if holds_pushes(options.folder):
        return _pushes(options)
    system = system_of_set(options.folder)
    train, held = split(options.folder, options.out, system, options.held_out, options.seed)
    print(f"{options.out / TRAIN}: {train} episodes")
    print(f"{options.out / HELD_OUT}: {held} episodes")
    write_json(options.json, {"out": options.out, "train": train, "held_out": held, "seeds": [options.seed]})
    return 0


def _pushes(options: Options) -> int:
    from hyperdynamics_core.data.parting import HELD_OUT, TRAIN
    from hyperdynamics_core.data.push_sets import split_pushes

    parts = split_pushes(options.folder, options.out, options.held_out, options.seed)
    for name, (trajectories, systems) in parts.items():
        print(f"{options.out / name}: {trajectories} trajectories of {systems} systems")
    figures = {"train": parts[TRAIN][0], "held_out": parts[HELD_OUT][0], "seeds": [options.seed]}
    write_json(options.json, {"out": options.out, **figures})
    return 0

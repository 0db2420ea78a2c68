"""``hyperdynamics dataset split``: whole episodes to train with, and whole ones to measure on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from hyperdynamics_cli.results import check_writable, write_json


@dataclass(frozen=True)
class Options:
    """Part a set of episodes at random into OUT/train and OUT/held-out; an episode is never cut."""

    folder: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="SET")]
    """Folder of episodes."""
    out: Path
    """Where the two folders are made."""
    held_out: float = 0.1
    """Share of the episodes that is held out."""
    seed: int = 0
    """Of the drawing."""
    json: Path | None = None
    """Write what was done to this file."""


def run(options: Options) -> int:
    """Read one, write two."""
    from hyperdynamics_cli.locomotion import system_of_set
    from hyperdynamics_core.data.episode_sets import HELD_OUT, TRAIN, split

    check_writable(options.json)
    system = system_of_set(options.folder)
    train, held = split(options.folder, options.out, system, options.held_out, options.seed)
    print(f"{options.out / TRAIN}: {train} episodes")
    print(f"{options.out / HELD_OUT}: {held} episodes")
    write_json(options.json, {"out": options.out, "train": train, "held_out": held, "seeds": [options.seed]})
    return 0

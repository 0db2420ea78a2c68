"""``hyperdynamics dataset merge``: several sets of episodes become one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from hyperdynamics_cli.errors import UserError
from hyperdynamics_cli.results import check_writable, write_json


@dataclass(frozen=True)
class Options:
    """Join sets of episodes of the same robot and physics in a new folder."""

    sets: Annotated[tuple[Path, ...], tyro.conf.Positional, tyro.conf.arg(metavar="SET")]
    """Folders of episodes."""
    out: Path
    """Folder of all of them, to be made."""
    json: Path | None = None
    """Write what was done to this file."""


def run(options: Options) -> int:
    """Read all, write one."""
    from hyperdynamics_cli.locomotion import system_of_set
    from hyperdynamics_core.data.episode_sets import merge

    check_writable(options.json)
    if len(options.sets) < 2:
        raise UserError(f"merging takes two sets or more, got {len(options.sets)}")
    system = system_of_set(options.sets[0])
    episodes = merge(options.sets, options.out, system)
    print(f"{options.out}: {episodes} episodes of {len(options.sets)} sets")
    write_json(options.json, {"out": options.out, "sets": options.sets, "trials": episodes})
    return 0

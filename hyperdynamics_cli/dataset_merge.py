"""``hyperdynamics dataset merge``: several sets of episodes or pushes become one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from hyperdynamics_cli.errors import UserError
from hyperdynamics_cli.results import check_writable, write_json


@dataclass(frozen=True)
class Options:
    """Join sets of episodes or pushes of the same robot and physics in a new folder."""

    sets: Annotated[tuple[Path, ...], tyro.conf.Positional, tyro.conf.arg(metavar="SET")]
    """Folders of episodes, or of push trajectories."""
    out: Path
    """Folder of all of them, to be made."""
    json: Path | None = None
    """Write what was done to this file."""


def run(options: Options) -> int:
    """Read all, write one."""
    from hyperdynamics_cli.locomotion import system_of_set
    from hyperdynamics_cli.set_kinds import holds_pushes
    from hyperdynamics_core.data.episode_sets import merge
    from hyperdynamics_core.data.push_sets import merge_pushes

    check_writable(options.json)
    if len(options.sets) < 2:
        raise UserError(f"merging takes two sets or more, got {len(options.sets)}")
    if holds_pushes(options.sets[0]):
        count, what = merge_pushes(options.sets, options.out), "trajectories"
    else:
        count, what = merge(options.sets, options.out, system_of_set(options.sets[0])), "episodes"
    print(f"{options.out}: {count} {what} of {len(options.sets)} sets")
    write_json(options.json, {"out": options.out, "sets": options.sets, "trials": count})
    return 0

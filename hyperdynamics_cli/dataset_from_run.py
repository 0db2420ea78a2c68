"""``hyperdynamics dataset from-run``: what on-policy training collected becomes a set to train and measure with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from hyperdynamics_cli.errors import UserError
from hyperdynamics_cli.results import check_writable, write_json

if TYPE_CHECKING:
    from sim_bridges.locomotion.tasks import Task


@dataclass(frozen=True)
class Options:
    """Make a set of episodes, for `train dynamics` and `evaluate locomotion --errors`, of all that a run of
    `train locomotion` has collected so far."""

    run: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="RUN")]
    """The run's folder."""
    out: Path
    """Folder of the episodes, to be made."""
    first: int = 1
    """Iteration from which on episodes are taken; 2 leaves out those of random actions."""
    json: Path | None = None
    """Write what was done to this file."""


def run(options: Options) -> int:
    """Read all, write one set."""
    from hyperdynamics_core.data.episodes import EpisodeWriter
    from hyperdynamics_core.data.parting import require_empty
    from hyperdynamics_core.data.replay_buffer import ReplayBuffer
    from hyperdynamics_core.training.onpolicy import buffer_paths
    from sim_bridges.locomotion.physics import noted_physics
    from sim_bridges.locomotion.world import LeggedWorld
    from sim_bridges.workers import folder_lock

    check_writable(options.json)
    require_empty(options.out)
    task, method = _told(options.run)
    paths = buffer_paths(options.run)
    if not 1 <= options.first <= len(paths):
        raise UserError(
            f"{options.run} has episodes of {len(paths)} iterations; take a --first from 1 to {len(paths)}, not "
            f"{options.first}"
        )
    paths = paths[options.first - 1 :]
    names = LeggedWorld(task).hidden_names
    about = {"source": "on-policy run", "run": options.run.resolve().name, "method": method, "first": options.first}
    with folder_lock(options.out):
        writer = EpisodeWriter(options.out, task.system, noted_physics(options.run, task), names, about)
        for path in paths:
            buffer = ReplayBuffer(task.system, hidden_names=names)
            buffer.load(path)
            for each in buffer:
                writer.add(each.states, each.actions, each.rewards, each.hidden, each.spec)
    print(f"{options.out}: {len(writer)} episodes of {len(paths)} iterations")
    write_json(options.json, {"out": options.out, "trials": len(writer), "task": task.name, "iterations": len(paths)})
    return 0


def _told(folder: Path) -> tuple[Task, str]:
    """Task and method that the run's configuration names.

    Raises:
        UserError: there is none that can be read.
    """
    from sim_bridges.locomotion.tasks import task_named

    try:
        config = json.loads((folder / "config.json").read_text())
        return task_named(str(config["task"])), str(config["method"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{folder} is no run of train locomotion ({error}); give its --out folder") from error

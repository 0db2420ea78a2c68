"""``hyperdynamics dataset show``: a picture of what a set of episodes or pushes holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from hyperdynamics_cli.results import check_writable, write_json

if TYPE_CHECKING:
    from hyperdynamics_cli.drawing.distributions import Columns


@dataclass(frozen=True)
class Options:
    """Draw trajectories and histograms of every number of state and action; print their ranges."""

    folder: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="SET")]
    """Folder of episodes (legs) or of push trajectories."""
    picture: Path = Path("dataset.png")
    """PNG file to draw."""
    json: Path | None = None
    """Write the ranges to this file."""


def run(options: Options) -> int:
    """Read, print, draw."""
    from hyperdynamics_cli.drawing.distributions import draw_distributions
    from hyperdynamics_cli.set_kinds import holds_pushes

    check_writable(options.json)
    columns = _pushes(options.folder) if holds_pushes(options.folder) else _episodes(options.folder)
    print(f"{options.folder}: {columns.title}")
    ranges = columns.ranges()
    for name, (low, middle, high) in ranges.items():
        print(f"  {name:<36}{low:>12.4g}{middle:>12.4g}{high:>12.4g}")
    options.picture.parent.mkdir(parents=True, exist_ok=True)
    draw_distributions(columns).save(options.picture)
    print(f"least, median and greatest; picture in {options.picture}")
    write_json(options.json, {"picture": options.picture, "ranges": ranges})
    return 0


def _episodes(folder: Path) -> Columns:
    import numpy as np

    from hyperdynamics_cli.drawing.distributions import Columns
    from hyperdynamics_cli.locomotion import system_of_set
    from hyperdynamics_core.data.episodes import EpisodeSet

    system = system_of_set(folder)
    found = EpisodeSet.open(folder)
    planar = system.orientation is None
    paths = [
        np.stack((np.arange(len(each.states)) * system.dt, each.states[:, 0]), axis=1) if planar else each.states[:, :2]
        for each in found.episodes
    ]
    return Columns.of(
        f"{len(found)} episodes of {found.system}, {sum(len(each) for each in found.episodes)} steps",
        "place along the ground (m) over time (s)" if planar else "paths from above (m)",
        paths, system, [each.states for each in found.episodes], [each.actions for each in found.episodes],
    )  # fmt: skip


def _pushes(folder: Path) -> Columns:
    from hyperdynamics_cli.drawing.distributions import Columns
    from hyperdynamics_core.data.trajectories import load_dataset
    from hyperdynamics_core.systems.push import PUSH

    found = load_dataset(folder, partial=True)
    return Columns.of(
        f"{len(found)} trajectories of {len(found.object_names)} objects, {found.actions.shape[1]} pushes each",
        "paths of the objects from above (m)", list(found.states[:, :, :2]), PUSH, list(found.states),
        list(found.actions),
    )  # fmt: skip

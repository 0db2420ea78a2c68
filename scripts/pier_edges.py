"""What the edges of a pier's blocks cost: recorded walks and models' choices by where on its block the base is.

A loaded block sinks, so the next one is a step up, which nothing but touching it tells a model. Per stretch of a block,
from its beginning: share of the time, reward a step, share of it upside down; with --model how much of the best
sequences' advantage the model's choices have, and by how much they are overrated (`hyperdynamics evaluate plans`).

    hyperdynamics collect locomotion --robot cheetah --terrain pier --planning.keep --seed 90 --episodes 20 --out W
    python scripts/pier_edges.py W --model models/cheetah-pier
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from hyperdynamics_cli.locomotion import load_legged, system_of_set
from hyperdynamics_cli.locomotion_errors import check_held_out, open_sets
from hyperdynamics_core.data.episodes import Episode, EpisodeSet
from hyperdynamics_core.evaluation.plan_choice import PlanChoice, summarise_choices
from hyperdynamics_core.methods.method import Method
from hyperdynamics_core.systems.legged import LeggedSystem
from sim_bridges.locomotion.plan_looks import LookConfig, choices_at
from sim_bridges.locomotion.tasks import EpisodeSpec, Task, task_named

Array = NDArray[np.float64]
UPSIDE_DOWN = 1.5
"""``LeggedSystem.lean`` above which the body counts as upside down: 120 degrees."""


class Pier:
    """A pier task, its blocks cut into stretches of equal length."""

    def __init__(self, data: EpisodeSet, stretches: int) -> None:
        """Raises:
        SystemExit: episodes of another task.
        """
        self.task: Task = task_named(data.physics["task"])
        if self.task.terrain != "pier":
            raise SystemExit(f"the episodes are of {self.task.name}; only a pier has blocks")
        self.ends = np.linspace(0.0, self.task.segment_length, stretches + 1)

    def stretches(self, episode: Episode, x: ArrayLike) -> NDArray[np.intp]:
        """Indices of the stretches over which the base is at x, m in the episode's world frame."""
        along = (EpisodeSpec.from_json(episode.spec).start_x + np.asarray(x, np.float64)) % self.task.segment_length
        return np.clip(np.searchsorted(self.ends, along, side="right") - 1, 0, len(self.ends) - 2)


def walked(pier: Pier, data: EpisodeSet, system: LeggedSystem) -> Iterator[str]:
    """One line a stretch."""
    places = np.concatenate([pier.stretches(each, each.states[:-1, 0]) for each in data.episodes])
    rewards = np.concatenate([each.rewards for each in data.episodes])
    leans = np.concatenate([system.lean(torch.from_numpy(each.states[:-1])).numpy() for each in data.episodes])
    for index, (low, high) in enumerate(zip(pier.ends[:-1], pier.ends[1:], strict=True)):
        here = places == index
        if here.any():
            yield (
                f"{low:.2f} to {high:.2f} m: {here.mean():.2f} of the time, {rewards[here].mean():.2f} a step, "
                f"{(leans[here] > UPSIDE_DOWN).mean():.2f} of it upside down"
            )


def chosen(
    pier: Pier, data: EpisodeSet, methods: Sequence[Method], config: LookConfig
) -> list[list[dict[int, list[PlanChoice]]]]:
    """[models][stretches]: choices by number of the episode."""
    choices: list[list[dict[int, list[PlanChoice]]]] = [[{} for _ in pier.ends[1:]] for _ in methods]
    for number, look, each in choices_at(data, methods, config):
        stretch = int(pier.stretches(data.episodes[number], float(look.state[0])))
        for told, choice in zip(choices, each, strict=True):
            told[stretch].setdefault(number, []).append(choice)
    return choices


def main(arguments: Sequence[str] | None = None) -> None:
    """A line a stretch, then the same of each model's choices."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="+", help="folders of walks on one pier, of `collect locomotion`")
    parser.add_argument("--model", type=Path, nargs="+", default=[], help="checkpoint folders")
    parser.add_argument("--stretches", type=int, default=8, help="that a block is cut into")
    parser.add_argument("--every", type=int, default=25, help="steps between two choices")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    system = system_of_set(options.data[0])
    data = open_sets(options.data, system.name)
    pier = Pier(data, options.stretches)
    print(*walked(pier, data, system), sep="\n")
    models = {folder: load_legged(folder, system.name) for folder in options.model}
    for folder, stored in models.items():
        check_held_out(folder, stored, data, "the walks")
    methods = [stored.method for stored in models.values()]
    choices = chosen(pier, data, methods, LookConfig(every=options.every)) if methods else []
    for folder, told in zip(models, choices, strict=True):
        print(folder)
        for index, some in enumerate(told):
            if some:
                figures = summarise_choices(list(some.values()))
                low, high = figures["share_ci95"]
                print(
                    f"{pier.ends[index]:.2f} to {pier.ends[index + 1]:.2f} m: share {figures['share']:.2f} "
                    f"({low:.2f} to {high:.2f}), overrated by {figures['overrated']:.1f}; {figures['choices']} choices"
                )


if __name__ == "__main__":
    main()

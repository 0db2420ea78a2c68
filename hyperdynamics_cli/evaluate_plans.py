"""``hyperdynamics evaluate plans``: how well models choose among action sequences, on recorded episodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hyperdynamics_cli.errors import UserError
from hyperdynamics_cli.results import check_writable, write_json
from sim_bridges.locomotion.plan_looks import LookConfig, choices_at

if TYPE_CHECKING:
    from hyperdynamics_core.data.episodes import EpisodeSet
    from hyperdynamics_core.evaluation.plan_choice import PlanChoice
    from hyperdynamics_core.methods.method import Method


@dataclass(frozen=True)
class Options:
    """Measure how well models choose among action sequences: what random shooting asks of them.

    Recorded episodes are replayed in the simulator. Every so many steps the same random sequences are rated by each
    model and carried out by the simulator: of what the best one has over the average one, how much has the model's
    choice? Models are compared on the same choices, in a fraction of the time and with far less chance than by walking.
    """

    data: tuple[Path, ...]
    """Folders of episodes of one task, as `collect locomotion` records them."""
    model: tuple[Path, ...]
    """Checkpoint folders."""
    look: LookConfig = field(default_factory=LookConfig)
    """Where and at what to look."""
    seed: int = 0
    """Of the sequences."""
    json: Path | None = None
    """Write the figures to this file."""


def run(options: Options) -> int:
    """Look at every episode once, with all models, and say the figures."""
    import torch

    from hyperdynamics_cli.locomotion import load_legged, system_of_set
    from hyperdynamics_cli.locomotion_errors import check_held_out, open_sets
    from hyperdynamics_core.evaluation.plan_choice import summarise_choices

    check_writable(options.json)
    torch.set_num_threads(1)
    if not options.data or not options.model:
        raise UserError("give --data and --model one folder or more each")
    system = system_of_set(options.data[0])
    data = open_sets(options.data, system.name)
    models = {folder: load_legged(folder, system.name) for folder in options.model}
    for folder, stored in models.items():
        check_held_out(folder, stored, data, "--data")
    choices = _choices(options, data, [stored.method for stored in models.values()])
    figures = {str(folder): summarise_choices(each) for folder, each in zip(models, choices, strict=True)}
    for name, each in figures.items():
        print(_line(name, each))
    write_json(
        options.json,
        {"task": data.physics.get("task"), "trials": len(data), "data_fingerprint": data.fingerprint,
         "seeds": [options.seed], "models": figures},
    )  # fmt: skip
    return 0


def _choices(options: Options, data: EpisodeSet, methods: Sequence[Method]) -> list[list[list[PlanChoice]]]:
    """[models][episodes][looks]."""
    choices: list[list[list[PlanChoice]]] = [[[] for _ in data.episodes] for _ in methods]
    for index, _, chosen in choices_at(data, methods, options.look, options.seed):
        for each, choice in zip(choices, chosen, strict=True):
            each[index].append(choice)
    return choices


def _line(name: str, figures: dict[str, Any]) -> str:
    low, high = figures["share_ci95"]
    return (
        f"{name}: share of the best one's advantage {figures['share']:.3f} (95 %: {low:.3f} to {high:.3f}), rank "
        f"correlation {figures['rank_correlation']:.2f}, choices overrated by {figures['overrated']:.2f}, all by "
        f"{figures['bias']:.2f}; {figures['choices']} choices in {figures['trials']} episodes"
    )

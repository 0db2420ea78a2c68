"""``hyperdynamics evaluate locomotion``: returns of walked episodes, or prediction errors on recorded ones."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hyperdynamics_cli.errors import UserError
from hyperdynamics_cli.locomotion import Agent, Planner, Robot, Split, Terrain, find_actors, walk_with_progress
from hyperdynamics_cli.results import check_writable, write_json
from hyperdynamics_core.planning.sequences import SequencePlannerConfig

if TYPE_CHECKING:
    from hyperdynamics_core.evaluation.returns import WalkResult
    from sim_bridges.locomotion.trials import TrialsConfig
    from sim_bridges.locomotion.walking import Walk


@dataclass(frozen=True)
class Options:
    """Evaluate on legs, in this process and its workers, without ROS.

    Without --errors: returns of episodes walked with a model and a planner (Table 3), at random, without torques, or
    with the true simulator for a model, the upper reference. With --errors: prediction errors on recorded episodes
    (Table 6) after 1, 5 and 20 steps, with the own, another episode's and no window.
    """

    robot: Robot = "cheetah"
    """Who walks."""
    terrain: Terrain = "slope"
    """On what; cripple and motor: flat ground with a changed robot."""
    agent: Agent = "model"
    """Who decides."""
    model: tuple[Path, ...] = ()
    """Checkpoint folders; several, trained with different seeds, walk the same episodes. Default:
    models/ROBOT-TERRAIN."""
    planner: Planner = "random_shooting"
    """How action sequences are searched (the simulator has no mppi)."""
    planning: SequencePlannerConfig = field(default_factory=SequencePlannerConfig)
    """Sizes of the search."""
    split: Split = "novel"
    """Hidden values: those held out from training, or those trained with."""
    value: float | None = None
    """Hidden value of the whole track instead of drawn ones: slope's height in m over 15 m, pier's damping ratio,
    number of the crippled joint (-1: none), motor strength."""
    episodes: int = 100
    """How many."""
    steps: int = 500
    """Of an episode."""
    seed: tuple[int, ...] = (0,)
    """Of episodes and planners; episodes are dealt out to several seeds in turn."""
    workers: int = 2
    """Processes that walk; 0: this one. The result does not depend on it."""
    cluster: str | None = None
    """Work on a Ray cluster instead of processes here: auto, HOST:PORT, ray://HOST:PORT, or local (one of this
    machine alone, with --workers processes). The result does not depend on it."""
    episodes_file: Path | None = None
    """Keep one line an episode in this file; a run that was stopped goes on from it."""
    save: Path | None = None
    """Keep the episodes in this folder, as `collect locomotion` does."""
    errors: tuple[Path, ...] = ()
    """Folders of recorded episodes to measure prediction errors on."""
    scale: tuple[Path, ...] = ()
    """With --errors: folders of the training episodes, whose deviations errors are divided by. Default: of --errors."""
    json: Path | None = None
    """Write the figures to this file."""


def run(options: Options) -> int:
    """Evaluate and say the figures."""
    check_writable(options.json)
    if options.errors:
        from hyperdynamics_cli.locomotion_errors import evaluate_errors

        return evaluate_errors(options)
    if options.scale:
        raise UserError("--scale goes with --errors; leave it out")
    return evaluate_returns(options)


def evaluate_returns(options: Options) -> int:
    """Table 3: walk what is not in the files yet, then say the figures."""
    from hyperdynamics_core.evaluation.returns import ResultsFile, summarise_returns
    from sim_bridges.locomotion.trials import OrderedEpisodes
    from sim_bridges.workers import folder_lock

    config = trials_config(options)
    total = options.episodes * config.walks_each
    with folder_lock(options.save) if options.save else nullcontext():
        file = ResultsFile(options.episodes_file, config.as_dict()) if options.episodes_file else None
        saved = OrderedEpisodes(options.save, config) if options.save else None
        results = {} if file is None else {index: each for index, each in file.results.items() if index < total}
        kept = total if saved is None else len(saved)
        missing = [index for index in range(total) if index not in results or index >= kept]

        def walked(index: int, walk: Walk) -> str:
            if saved is not None:
                saved.add(index, walk)
            if index not in results:
                results[index] = config.result(index, walk)
                if file is not None:
                    file.add(results[index])
            return f"return {sum(each.total_return for each in results.values()) / len(results):.1f}"

        walk_with_progress(config, missing, total, options.workers, walked, options.cluster)
    figures = summarise_returns([results[index] for index in range(total)], options.seed[0])
    say_returns(options, figures, list(results.values()))
    write_json(options.json, {**figures, **_about(options, config)})
    return 0


def trials_config(options: Options) -> TrialsConfig:
    """What to walk.

    Raises:
        UserError: no episodes, or models and agent do not fit.
        ValueError: numbers that make no sense.
    """
    from sim_bridges.locomotion.trials import TrialsConfig

    if options.episodes < 1:
        raise UserError(f"--episodes is {options.episodes}; it must be 1 or more")
    if options.agent == "simulator" and options.planner == "mppi":
        raise UserError("--agent simulator plans with random_shooting or cem; choose one of them as --planner")
    actors = find_actors(options.agent, options.model, options.robot, options.terrain)
    return TrialsConfig(
        f"{options.robot}-{options.terrain}", actors, False, options.split, options.value, options.seed, options.steps,
        options.planner, options.planning,
    )  # fmt: skip


def say_returns(options: Options, figures: dict[str, Any], results: list[WalkResult]) -> None:
    """The figures in words."""
    low, high = figures["return_ci95"]
    who = ", ".join(figures["return_by_agent"])
    print(
        f"{options.robot}-{options.terrain}, {options.split}, {who}: return {figures['return_mean']:.1f} "
        f"(95 %: {low:.1f} to {high:.1f}) over {figures['trials']} episodes of {options.steps} steps"
    )
    print(f"  median {figures['return_median']:.1f}, {figures['distance_mean']:.2f} m an episode")
    for name, parts in (("seed", figures["return_by_seed"]), ("agent", figures["return_by_agent"])):
        if len(parts) > 1:
            print(f"  by {name}: " + ", ".join(f"{part} {value:.1f}" for part, value in parts.items()))
    if figures["planning_ms_p50"] is not None:
        print(f"  planning {figures['planning_ms_p50']:.1f} ms (95th percentile {figures['planning_ms_p95']:.1f} ms)")
    if figures["ended_early"]:
        note = next(result.note for result in results if result.note)
        print(f"  {figures['ended_early']} ended early, for one: {note}")


def _about(options: Options, config: TrialsConfig) -> dict[str, Any]:
    """What the figures are of."""
    return {
        "task": config.task,
        "split": options.split,
        "value": options.value,
        "agent": options.agent,
        "models": [actor.name for actor in config.actors if actor.model],
        "planner": options.planner if options.agent in ("model", "simulator") else None,
        "planning": config.as_dict()["planning"],
        "steps": options.steps,
    }

"""``hyperdynamics collect locomotion``: walked episodes on disk, in parallel, resumable at any moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from hyperdynamics_cli.errors import UserError
from hyperdynamics_cli.locomotion import Agent, Planner, Robot, Split, Terrain, find_actors, walk_with_progress
from hyperdynamics_cli.results import check_writable, write_json
from hyperdynamics_core.planning.sequences import SequencePlannerConfig


@dataclass(frozen=True)
class Options:
    """Record walked episodes. Stopped at any time, the same command goes on where it was.

    The same options give the same episodes, whatever the number of workers.
    """

    out: Path
    """Folder of the episodes."""
    robot: Robot = "cheetah"
    """Who walks."""
    terrain: Terrain = "slope"
    """On what; cripple and motor: flat ground with a changed robot."""
    agent: Agent = "model"
    """Who decides."""
    model: tuple[Path, ...] = ()
    """Checkpoint folders; several walk in turn. Default: models/ROBOT-TERRAIN."""
    planner: Planner = "random_shooting"
    """How action sequences are searched (the simulator has no mppi)."""
    planning: SequencePlannerConfig = field(default_factory=SequencePlannerConfig)
    """Sizes of the search."""
    split: Split = "seen"
    """Hidden values: those to train with, or those held out."""
    value: float | None = None
    """Hidden value of the whole track instead of drawn ones."""
    episodes: int = 200
    """How many there shall be."""
    steps: int = 500
    """Of an episode."""
    exploration: float = 0.0
    """Deviation of coloured noise on the planned actions, parts of the greatest torque; 0: none."""
    exploration_exponent: float = 1.0
    """Its colour: power falls as frequency^-exponent; 0: white."""
    random_exponent: float = 0.0
    """Of --agent random: colour of its actions; 0: uniform, anew at every step, as in the paper."""
    seed: int = 0
    """Of episodes, planners and noise."""
    workers: int = 2
    """Processes that walk; 0: this one."""
    cluster: str | None = None
    """Work on a Ray cluster instead of processes here: auto, HOST:PORT, ray://HOST:PORT, or local (one of this
    machine alone, with --workers processes). The result does not depend on it."""
    json: Path | None = None
    """Write what was done to this file."""


def run(options: Options) -> int:
    """Collect what is missing."""
    from sim_bridges.locomotion.trials import OrderedEpisodes, TrialsConfig
    from sim_bridges.locomotion.walking import Exploration, Walk
    from sim_bridges.workers import folder_lock

    check_writable(options.json)
    _check(options)
    config = TrialsConfig(
        f"{options.robot}-{options.terrain}",
        find_actors(options.agent, options.model, options.robot, options.terrain),
        True, options.split, options.value, (options.seed,), options.steps, options.planner, options.planning,
        Exploration(options.exploration, options.exploration_exponent), options.random_exponent,
    )  # fmt: skip
    returns: list[float] = []
    with folder_lock(options.out):
        episodes = OrderedEpisodes(options.out, config)
        there = len(episodes)

        def walked(index: int, walk: Walk) -> str:
            episodes.add(index, walk)
            returns.append(walk.episode.total_reward)
            return f"return {sum(returns) / len(returns):.1f}"

        missing = range(there, options.episodes)
        walk_with_progress(config, missing, max(there, options.episodes), options.workers, walked, options.cluster)
        total = len(episodes)
    mean = sum(returns) / len(returns) if returns else float("nan")
    new = f", mean return {mean:.1f}" if returns else ""
    print(f"{options.out}: {total} episodes, {len(returns)} of them new{new}")
    write_json(options.json, {"out": options.out, "trials": total, "kept": len(returns), "return_mean": mean,
                              "seeds": [options.seed], "task": config.task, "split": options.split})  # fmt: skip
    return 0


def _check(options: Options) -> None:
    if options.episodes < 1:
        raise UserError(f"--episodes is {options.episodes}; it must be 1 or more")
    if options.exploration < 0 or options.exploration_exponent < 0 or options.random_exponent < 0:
        raise UserError("--exploration, --exploration-exponent and --random-exponent must not be negative")
    if options.agent == "simulator" and options.planner == "mppi":
        raise UserError("--agent simulator plans with random_shooting or cem; choose one of them as --planner")

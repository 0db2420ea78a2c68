"""``hyperdynamics train locomotion``: on-policy training of a method on one robot and terrain."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from hyperdynamics_cli.results import check_writable, write_json

if TYPE_CHECKING:
    from hyperdynamics_core.data.episodes import Episode
    from hyperdynamics_core.methods.config import MethodConfig
    from hyperdynamics_core.training.onpolicy_config import OnPolicyConfig
    from hyperdynamics_core.training.requests import RolloutRequest
    from sim_bridges.locomotion.rollouts import RolloutJob, RolloutPool
    from sim_bridges.locomotion.tasks import Task


@dataclass(frozen=True)
class Options:
    """Train a method on-policy. Stopped at any time, the same command goes on where it was."""

    robot: Literal["cheetah", "ant"] = "cheetah"
    """Who walks."""
    terrain: str = "slope"
    """On what: slope, pier; or with what change: cripple, motor."""
    method: str = "hyperdynamics"
    """hyperdynamics, recurrent, direct, global, global-large, told or another of `LEGGED_METHODS`."""
    schedule: Literal["reduced", "full"] = "reduced"
    """reduced fits an hour on two cores; full is the paper's."""
    planner: Literal["random_shooting", "cem", "mppi"] | None = None
    """Collects the data. Default: the schedule's."""
    seed: int = 0
    """Of weights, batches, episodes and plans."""
    workers: int = 2
    """Processes that walk; 0: this one. The result does not depend on it."""
    cluster: str | None = None
    """Work on a Ray cluster instead of processes here: auto, HOST:PORT, ray://HOST:PORT, or local (one of this
    machine alone, with --workers processes). The result does not depend on it."""
    out: Path | None = None
    """Folder of the run. Default: runs/ROBOT-TERRAIN-METHOD-SEED."""
    iterations: int | None = None
    """Instead of the schedule's."""
    patience: int | None = None
    """Iterations without a better rolling return after which it stops, instead of the schedule's; 0: it never does."""
    rollouts: int | None = None
    """Episodes an iteration, instead of the schedule's."""
    steps: int | None = None
    """Of an episode, instead of the schedule's."""
    updates: int | None = None
    """Of the weights an iteration, instead of the schedule's."""
    final_updates: int | None = None
    """Of the last fit to all that was collected, instead of the schedule's; 0: none."""
    final_method: str = ""
    """What the last fit makes of what was collected, for instance hyperdynamics-ensemble. Default: the method."""
    final_width: int | None = None
    """Units of each hidden layer of what the last fit makes. Default: --width."""
    final_unroll: int | None = None
    """--unroll of the last fit. Default: --unroll."""
    upright: float | None = None
    """Price of plans that end tilted, reward times 1 less the cosine of the tilt, in walks that collect; the model
    brings it along, for whoever plans with it. Default: the robot's own."""
    shooting: float | None = None
    """Share of an iteration's rollouts that random shooting walks, 0 to below 1, instead of the schedule's (reduced:
    0.4); the other ones are the planner's."""
    open_loop: float | None = None
    """Share of an iteration's rollouts whose plans are carried out for 2, 5, 10 or 20 steps, so that the data show
    what plans lead to, 0 to below 1, instead of the schedule's (0). They take a fraction of the time."""
    again: float | None = None
    """Share of an iteration's rollouts that walk an episode again which went worst lately, 0 to below 1, instead of the
    schedule's (0): more data of hidden values, always seen ones, that are hard."""
    sizes: Literal["better", "paper"] = "better"
    """paper: codes and inputs unbounded, as the paper has them; better: bounded, which measured better."""
    width: int | None = None
    """Units of each of the expert's two hidden layers, instead of the paper's 128."""
    code: int | None = None
    """Numbers in z, instead of the paper's 2."""
    unroll: int = 0
    """Steps in a row whose errors are charged as well, predicted from predicted ones; 0: single steps alone."""
    physics_weight: float = 0.0
    """Of the loss of the simulator's hidden values told from z, which teaches the encoder; 0.3 helped, 0: none."""
    json: Path | None = None
    """Write the figures to this file."""


def run(options: Options) -> int:
    """Train to the end."""
    from hyperdynamics_core.training.onpolicy import TaskInfo, train_on_policy
    from hyperdynamics_core.training.run_log import LOG, read_log
    from sim_bridges.cluster import connected_if
    from sim_bridges.locomotion.physics import note_physics
    from sim_bridges.locomotion.rollouts import RolloutPool
    from sim_bridges.locomotion.tasks import task_named
    from sim_bridges.locomotion.world import LeggedWorld
    from sim_bridges.workers import folder_lock

    check_writable(options.json)
    task = task_named(f"{options.robot}-{options.terrain}")
    config = configuration(options, task)
    out = options.out or Path("runs") / f"{task.name}-{options.method}-{options.seed}"
    info = TaskInfo(task.name, task.system, LeggedWorld(task).hidden_names)
    with (
        folder_lock(out),
        connected_if(options.cluster, options.workers) as machines,
        RolloutPool(options.workers, machines) as pool,
    ):
        note_physics(out, task)
        model = train_on_policy(info, WorldCollector(task, pool), config, out, card(options, task))
    log = read_log(out / LOG)
    best = max((line["return/rolling"] for line in log if "return/rolling" in line), default=float("nan"))
    print(f"the model is in {model}: rolling return {best:.1f} over {config.rolling} iterations")
    write_json(options.json, {"model": model, "task": task.name, "method": options.method, "seeds": [options.seed],
                              "return_rolling": best, "iterations": len(log)})  # fmt: skip
    return 0


def configuration(options: Options, task: Task) -> OnPolicyConfig:
    """The schedule with what the options say otherwise.

    Raises:
        ValueError: an unknown method, or numbers that make no sense.
    """
    from hyperdynamics_core.training.onpolicy_config import SCHEDULES, OnPolicyConfig, for_robot

    names = {field.name for field in fields(OnPolicyConfig)} - {"sizes"}
    given = {name: value for name, value in vars(options).items() if name in names and value is not None}
    config = SCHEDULES[options.schedule](**given)
    if options.schedule == "reduced":
        config = for_robot(config, task.robot)
    if options.updates is not None:
        config = replace(config, epochs=0)
    if options.upright is not None:
        config = replace(config, planning=replace(config.planning, upright=options.upright))
    shares = {"other": options.shooting, "open_loop": options.open_loop, "again": options.again}
    mix: dict[str, Any] = {name: share for name, share in shares.items() if share is not None}
    if "other" in mix:
        mix["other_planner"] = "random_shooting"
    config = replace(config, exploration=replace(config.exploration, **mix))
    windows = replace(config.dynamics.windows, unroll=options.unroll)
    dynamics = replace(config.dynamics, windows=windows, physics_weight=options.physics_weight)
    return replace(config, sizes=sizes(options, task), dynamics=dynamics)


def sizes(options: Options, task: Task) -> MethodConfig:
    """Of the method's networks, and what there is to tell of the task's hidden values."""
    from hyperdynamics_core.methods.config import locomotion_sizes, paper_locomotion_sizes
    from hyperdynamics_core.methods.truth import truth_choices
    from sim_bridges.locomotion.world import LeggedWorld

    choices = truth_choices(LeggedWorld(task).hidden_names, task.system)
    changes: dict[str, Any] = {"truth_choices": choices, "auxiliary_physics": options.physics_weight > 0}
    if options.width is not None:
        changes["hidden_sizes"] = (options.width, options.width)
    if options.code is not None:
        changes["n_int"] = options.code
    return (paper_locomotion_sizes if options.sizes == "paper" else locomotion_sizes)(**changes)


class WorldCollector:
    """Walks requested episodes of a task's seen split in a pool of processes."""

    def __init__(self, task: Task, pool: RolloutPool) -> None:
        self.task, self.pool = task, pool

    def __call__(self, requests: Sequence[RolloutRequest]) -> list[Episode]:
        """See ``Collector``."""
        from hyperdynamics_core.data.episodes import make_episode

        walks = self.pool.run([self._job(request) for request in requests])
        episodes = []
        for walk in walks:
            record = walk.episode
            episodes.append(make_episode(self.task.system, record.hidden.shape[1], record.states, record.actions,
                                         record.rewards, record.hidden, record.spec))  # fmt: skip
        return episodes

    def _job(self, request: RolloutRequest) -> RolloutJob:
        import numpy as np

        from sim_bridges.locomotion.rollouts import RolloutJob
        from sim_bridges.locomotion.tasks import EpisodeSpec, draw_episode
        from sim_bridges.locomotion.walking import Exploration

        if request.again:
            spec = EpisodeSpec.from_json(request.again)
        else:
            spec = draw_episode(self.task, "seen", np.random.default_rng(request.seed))
        return RolloutJob(
            spec, request.seed, request.model, request.sha256, request.planner, request.planning, request.steps,
            Exploration(request.deviation, replan_every=request.replan_every), request.random_exponent,
        )  # fmt: skip


def card(options: Options, task: Task) -> str:
    """Text for the model's card: how it was made."""
    command = shlex.join(["hyperdynamics", *sys.argv[1:]])
    return (
        f"\nTask: {task.name}, episodes of the seen split, drawn and walked during training. Seed {options.seed}.  \n"
        f"Made by: `{command}`  \nCommit: {_commit()}\n\n"
        "The returns above are rolling averages of training rollouts on seen values; `hyperdynamics evaluate "
        "locomotion` measures seen and novel values.\n"
    )


def _commit() -> str:
    try:
        told = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "not known"
    return told.stdout.strip()

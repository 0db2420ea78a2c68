"""Episodes by the dozen: processes of one thread each that walk them, whatever their number with the same result."""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType

import torch

from hyperdynamics_core.methods.storage import StoredMethod, load_method
from hyperdynamics_core.planning.sequences import SequencePlannerConfig, make_planner
from hyperdynamics_core.processes import worker_context
from sim_bridges.cluster import Cluster, Finder
from sim_bridges.locomotion.agents import Agent, ZeroAgent
from sim_bridges.locomotion.simulator_agent import CemConfig, ShootingConfig, SimulatorCem, SimulatorShooting
from sim_bridges.locomotion.tasks import EpisodeSpec, task_named
from sim_bridges.locomotion.walking import Exploration, Mind, Walk, agent_episode, random_episode, walk_episode
from sim_bridges.locomotion.world import EPISODE_STEPS, LeggedWorld
from sim_bridges.workers import prepare_worker

AGENTS = ("random", "zero", "simulator")
"""Those that need no model."""


@dataclass(frozen=True)
class RolloutJob:
    """One episode to walk; everything that its result depends on."""

    spec: EpisodeSpec
    """The episode."""
    seed: int
    """Of planner and noise."""
    model: Path | None = None
    """Checkpoint folder of the method; None: the agent acts."""
    sha256: str = ""
    """Of that checkpoint: a worker reads the folder again when it changes."""
    planner: str = "random_shooting"
    """Name in ``planning.sequences.PLANNERS``."""
    planner_config: SequencePlannerConfig = field(default_factory=SequencePlannerConfig)
    """Its settings."""
    steps: int = EPISODE_STEPS
    """Length."""
    exploration: Exploration = field(default_factory=Exploration)
    """Noise on the planned actions."""
    random_exponent: float = 0.0
    """The agent random: colour of its actions; 0: uniform, anew at every step."""
    agent: str = "random"
    """Who acts without a model: random, zero, or simulator, which plans with the true simulator."""


class Walker:
    """Walks jobs one after the other; keeps world and model between them."""

    def __init__(self) -> None:
        torch.set_num_threads(1)
        self._worlds: dict[str, LeggedWorld] = {}
        self._models: dict[tuple[Path, str], StoredMethod] = {}

    def walk(self, job: RolloutJob) -> Walk:
        """One episode.

        Raises:
            CheckpointError: the model cannot be used.
            ValueError: model, task and planner do not fit.
        """
        world = self._worlds.setdefault(job.spec.task, LeggedWorld(task_named(job.spec.task)))
        generator = torch.Generator().manual_seed(job.seed)
        noise = torch.Generator().manual_seed(job.seed + 1)
        if job.model is None and job.agent == "random":
            limit = job.planner_config.for_robot(world.system).limit
            return random_episode(world, job.spec, generator, job.steps, job.random_exponent, limit)
        if job.model is None:
            agent = make_agent(job.agent, job.planner, job.planner_config.for_robot(world.system), generator)
            return agent_episode(world, job.spec, agent, job.steps, job.exploration, noise)
        stored = self._stored(job.model, job.sha256, world)
        config = job.planner_config.for_model(stored.info.config)
        planner = make_planner(job.planner, world.system, generator, config)
        return walk_episode(world, job.spec, Mind(stored.method), planner, job.steps, job.exploration, noise)

    def _stored(self, folder: Path, sha256: str, world: LeggedWorld) -> StoredMethod:
        if (folder, sha256) not in self._models:
            self._models = {(folder, sha256): load_method(folder, world.system)}
        return self._models[folder, sha256]


def make_agent(name: str, planner: str, config: SequencePlannerConfig, generator: torch.Generator) -> Agent:
    """An agent that needs no model; the simulator's plans as a model's planner would.

    config: with the robot's own limit and price of tilting, see ``SequencePlannerConfig.for_robot``.

    Raises:
        ValueError: an unknown agent, or a planner that the simulator does not have.
    """
    if name == "zero":
        return ZeroAgent()
    if name != "simulator":
        raise ValueError(f"unknown agent {name!r}; choose one of {', '.join(AGENTS)}")
    if planner == "random_shooting":
        return SimulatorShooting(
            generator,
            ShootingConfig(
                config.candidates,
                config.horizon,
                config.hold,
                limit=config.limit,
                keep=config.keep,
                upright=config.upright,
            ),
        )
    if planner != "cem":
        raise ValueError(f"the simulator plans with random_shooting or cem, not with {planner!r}; choose one of them")
    candidates = max(2, config.candidates // config.iterations)
    elites = max(2, round(config.elites * candidates))
    return SimulatorCem(
        generator,
        CemConfig(
            candidates, config.iterations, config.horizon, elites, config.deviation, config.exponent,
            limit=config.limit, upright=config.upright,
        ),
    )  # fmt: skip


class RolloutPool:
    """Context manager of worker processes."""

    def __init__(self, workers: int, cluster: Cluster | None = None) -> None:
        """workers: processes; 0: walk in this one. cluster: walks in their place.

        Raises:
            ValueError: a negative number.
        """
        if workers < 0:
            raise ValueError(f"workers must be 0 (this process) or more, got {workers}")
        self._workers: list[tuple[BaseProcess, Connection]] = []
        self._cluster = cluster
        self._own = Walker() if workers == 0 and cluster is None else None
        context = worker_context()
        for _ in range(0 if cluster is not None else workers):
            here, there = context.Pipe()
            process = context.Process(target=_work, args=(there,), daemon=True)
            process.start()
            there.close()
            self._workers.append((process, here))

    def run(self, jobs: Sequence[RolloutJob], walked: Callable[[int, Walk], None] | None = None) -> list[Walk]:
        """Walk all jobs. Returns their walks in the order of the jobs.

        walked is told each job's number and walk as it is done.

        Raises:
            RuntimeError: a worker died, or a job failed; the message says which and why. The pool is closed then.
        """
        done: dict[int, Walk] = {}
        try:
            for number, walk in self._walks(jobs):
                done[number] = walk
                if walked is not None:
                    walked(number, walk)
        except BaseException:
            self.close(at_once=True)
            raise
        return [done[number] for number in range(len(jobs))]

    def _walks(self, jobs: Sequence[RolloutJob]) -> Iterable[tuple[int, Walk]]:
        """Numbers of the jobs and their walks, as they are done."""
        if self._cluster is not None:
            return self._cluster.run(_walk_elsewhere, jobs, {job.model for job in jobs if job.model})
        if self._own is not None:
            return enumerate(map(self._own.walk, jobs))
        return self._deal(jobs)

    def _deal(self, jobs: Sequence[RolloutJob]) -> Iterator[tuple[int, Walk]]:
        left = list(range(len(jobs)))
        busy: dict[Connection, tuple[BaseProcess, int]] = {}
        idle = list(self._workers)
        while left or busy:
            while left and idle:
                process, pipe = idle.pop()
                busy[pipe] = (process, left.pop(0))
                pipe.send(jobs[busy[pipe][1]])
            for ready in wait(list(busy)):
                assert isinstance(ready, Connection)
                process, number = busy.pop(ready)
                walk = _receive(ready, process, jobs[number])
                idle.append((process, ready))
                yield number, walk

    def close(self, at_once: bool = False) -> None:
        """End the workers, in the midst of an episode if at_once."""
        for process, pipe in self._workers:
            pipe.close()
            if at_once:
                process.kill()
            process.join()
        self._workers = []

    def __enter__(self) -> RolloutPool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close(at_once=error is not None)


@functools.cache
def _walker() -> Walker:
    return Walker()


def _walk_elsewhere(job: RolloutJob, find: Finder) -> Walk:
    """On another machine."""
    return _walker().walk(replace(job, model=find(job.model)) if job.model else job)


def _receive(pipe: Connection, process: BaseProcess, job: RolloutJob) -> Walk:
    try:
        result = pipe.recv()
    except (EOFError, OSError) as error:
        process.join(5.0)
        raise RuntimeError(
            f"a rollout process ended with exit code {process.exitcode} while it walked {job.spec.task} "
            f"(episode seed {job.spec.seed}); was it killed, or is memory short? Run the command again to go on"
        ) from error
    if isinstance(result, str):
        raise RuntimeError(f"walking {job.spec.task} (episode seed {job.spec.seed}) failed: {result}")
    assert isinstance(result, Walk)
    return result


def _work(pipe: Connection) -> None:
    """A worker's life: jobs in, walks out, an error as text; ends when the pool closes its end or dies."""
    prepare_worker()
    walker = Walker()
    while True:
        try:
            job = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            pipe.send(walker.walk(job))
        except Exception:  # noqa: BLE001 - whatever it is, the parent shall say it
            pipe.send(traceback.format_exc(limit=-3))

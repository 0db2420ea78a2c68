"""Episodes to evaluate with or to keep: the n-th of a seed is the same for every agent, and in the node graph.

A trial is an episode number and a seed. Its hidden values and start are what the bridge draws for that seed at its
(n + 1)-th reset, its planner is seeded as the controller's for its (n + 1)-th goal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from hyperdynamics_core.data.episodes import EpisodeWriter
from hyperdynamics_core.evaluation.returns import WalkResult
from hyperdynamics_core.planning.sequences import SequencePlannerConfig
from sim_bridges.cluster import connected_if
from sim_bridges.locomotion.physics import physics_of
from sim_bridges.locomotion.rollouts import RolloutJob, RolloutPool
from sim_bridges.locomotion.tasks import draw_episode, task_named
from sim_bridges.locomotion.walking import Exploration, Walk
from sim_bridges.locomotion.world import EPISODE_STEPS, LeggedWorld

CHUNK = 256
"""Walks held in memory at most."""


@dataclass(frozen=True)
class Actor:
    """Who walks."""

    name: str
    """random, zero, simulator, or where a model is."""
    model: Path | None = None
    """Checkpoint folder; None: an agent that needs none."""
    sha256: str = ""
    """Of the checkpoint."""


@dataclass(frozen=True)
class TrialsConfig:
    """Everything that the trials depend on."""

    task: str
    """Name of the task."""
    actors: tuple[Actor, ...]
    """Who walks."""
    dealt: bool = False
    """Each episode is walked by the next actor in turn; else by all of them."""
    split: str = "novel"
    """Hidden values: seen or novel."""
    value: float | None = None
    """Of the first hidden property instead of drawn ones."""
    seeds: tuple[int, ...] = (0,)
    """Episodes are dealt out to these in turn."""
    steps: int = EPISODE_STEPS
    """Of an episode."""
    planner: str = "random_shooting"
    """Name of the planner."""
    planning: SequencePlannerConfig = field(default_factory=SequencePlannerConfig)
    """Its settings."""
    exploration: Exploration = field(default_factory=Exploration)
    """Noise on the planned actions."""
    random_exponent: float = 0.0
    """The agent random: colour of its actions; 0: uniform, anew at every step."""

    def __post_init__(self) -> None:
        task = task_named(self.task)
        if self.value is not None:
            task.properties[0].check(self.value)
        if not self.actors or not self.seeds or min(self.seeds) < 0 or self.steps < 1:
            raise ValueError(
                f"trials need an actor, seeds of 0 or more and 1 or more steps, got {len(self.actors)} actors, seeds "
                f"{self.seeds} and {self.steps} steps"
            )

    def as_dict(self) -> dict[str, Any]:
        """Plain values; of a model its fingerprint counts, not where it lies."""
        told = asdict(self) | {"actors": [actor.sha256 or actor.name for actor in self.actors]}
        if self.exploration.replan_every == 1:  # collections that were begun before there was another go on
            del told["exploration"]["replan_every"]
        return told

    @property
    def walks_each(self) -> int:
        """Walks an episode."""
        return 1 if self.dealt else len(self.actors)

    def place(self, index: int) -> tuple[int, int, Actor]:
        """Of walk `index`: number of the episode, its seed, who walks it."""
        episode = index // self.walks_each
        return episode, self.seeds[episode % len(self.seeds)], self.actors[index % len(self.actors)]

    def job(self, index: int) -> RolloutJob:
        """What to walk."""
        episode, seed, actor = self.place(index)
        number = episode // len(self.seeds)
        spec = draw_episode(task_named(self.task), self.split, np.random.default_rng([seed, number]), self.value)
        return RolloutJob(
            spec, seed + number + 1, actor.model, actor.sha256, self.planner, self.planning, self.steps,
            self.exploration, self.random_exponent, "random" if actor.model else actor.name,
        )  # fmt: skip

    def result(self, index: int, walk: Walk) -> WalkResult:
        """What to keep of a walk for the figures."""
        episode, seed, actor = self.place(index)
        record = walk.episode
        way = float(record.states[-1, 0] - record.states[0, 0])
        plans = actor.model is not None or actor.name == "simulator"
        times = tuple(round(float(ms), 2) for ms in walk.planning_ms) if plans else ()
        return WalkResult(
            index, episode, seed, actor.name, record.total_reward, way, len(record.rewards), times, walk.note,
            record.spec,
        )  # fmt: skip


def walk_trials(
    config: TrialsConfig, indices: Sequence[int], workers: int, walked: Callable[[int, Walk], None],
    cluster: str | None = None,
) -> None:  # fmt: skip
    """Walk some of the trials in processes or on a cluster; walked is told each as it is done, in any order.

    Raises:
        RuntimeError: a walk failed, or a process died.
    """
    with connected_if(cluster, workers) as machines, RolloutPool(min(workers, len(indices)), machines) as pool:
        for part in _chunks(indices, CHUNK):

            def tell(place: int, walk: Walk, part: Sequence[int] = part) -> None:
                walked(part[place], walk)

            pool.run([config.job(index) for index in part], tell)


class OrderedEpisodes:
    """Writes walks to a folder in the order of their indices, whatever order they come in.

    What is there is always the first n: a collection that is killed goes on with the next, none is lost or doubled.
    """

    def __init__(self, folder: Path, config: TrialsConfig) -> None:
        """Start or go on.

        Raises:
            DataFolderError: the folder holds another collection.
        """
        task = task_named(config.task)
        names = LeggedWorld(task).hidden_names
        meta = {key: value for key, value in config.as_dict().items() if key != "task"}
        self._writer = EpisodeWriter(folder, task.system, physics_of(task), names, meta)
        self._waiting: dict[int, Walk] = {}

    def __len__(self) -> int:
        return len(self._writer)

    def add(self, index: int, walk: Walk) -> None:
        """Take one walk; those already there are left alone."""
        if index >= len(self._writer):
            self._waiting[index] = walk
        while (following := self._waiting.pop(len(self._writer), None)) is not None:
            record = following.episode
            self._writer.add(record.states, record.actions, record.rewards, record.hidden, record.spec)


def _chunks(values: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]

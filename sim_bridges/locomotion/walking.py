"""One walk in this process: history, code, expert and plan at every step, with the objects that the nodes run."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hyperdynamics_core.control.history import WINDOW, History
from hyperdynamics_core.control.walk_goal import WalkFinished, WalkGoal, WalkTaskConfig
from hyperdynamics_core.control.walk_task import WalkTask
from hyperdynamics_core.methods.context import Context, Interactions
from hyperdynamics_core.methods.method import Method
from hyperdynamics_core.planning.action_noise import coloured_noise, uniform_sequences
from hyperdynamics_core.planning.open_loop import OpenLoop
from hyperdynamics_core.planning.sequences import SequencePlanner
from hyperdynamics_core.systems.legged import LeggedSystem
from sim_bridges.locomotion.agents import Agent
from sim_bridges.locomotion.episodes import EpisodeRecord
from sim_bridges.locomotion.tasks import EpisodeSpec
from sim_bridges.locomotion.world import EPISODE_STEPS, LeggedWorld

Array = NDArray[np.float64]
COLOURED = 0.8
"""Deviation of coloured random actions, parts of the greatest torque."""


@dataclass(frozen=True)
class Exploration:
    """What makes a walk differ from the planner's best, so that the data hold more than what the model thinks best."""

    deviation: float = 0.0
    """Of noise on the planned actions, standard deviation, parts of the greatest torque; 0: none."""
    exponent: float = 1.0
    """The noise's colour: power falls as frequency^-exponent."""
    replan_every: int = 1
    """Steps that a plan is carried out for (``OpenLoop``)."""

    def __post_init__(self) -> None:
        if self.replan_every < 1:
            raise ValueError(f"replan_every must be 1 (a plan at every step) or more, got {self.replan_every}")


@dataclass(frozen=True)
class Walk:
    """What happened in one walk, and what the model thought."""

    episode: EpisodeRecord
    codes: Array
    """[T, n_int] z_int at every step; NaN before the window is full; [T, 0] without a model."""
    planning_ms: Array
    """[P] time of every plan, wall time."""
    predicted_return: float
    """Mean over plans of the predicted return of the horizon; NaN without a model."""
    note: str = ""
    """Why it ended early, in words."""


@dataclass
class _Log:
    """What a walk collects on its way."""

    states: list[Array]
    actions: list[Array] = field(default_factory=list)
    rewards: list[float] = field(default_factory=list)
    hidden: list[Array] = field(default_factory=list)
    codes: list[Array] = field(default_factory=list)
    planning_ms: list[float] = field(default_factory=list)
    predicted: list[float] = field(default_factory=list)

    def close(self, spec: EpisodeSpec, n_int: int, note: str) -> Walk:
        """Arrays of it.

        Raises:
            RuntimeError: not a single step was made.
        """
        if not self.actions:
            raise RuntimeError(f"the walk ended before its first step: {note}")
        episode = EpisodeRecord(
            spec.as_json(), np.stack(self.states), np.stack(self.actions), np.array(self.rewards), np.stack(self.hidden)
        )
        predicted = float(np.mean(self.predicted)) if self.predicted else float("nan")
        codes = np.stack(self.codes) if self.codes else np.zeros((len(self.actions), n_int))
        return Walk(episode, codes, np.array(self.planning_ms), predicted, note)


class Mind:
    """History and method: from what was felt to an expert, at every step (section 3.2)."""

    def __init__(self, method: Method, k: int = WINDOW, swapped: Interactions | None = None) -> None:
        """swapped: interactions of another episode to be given instead of this one's (the swap test)."""
        self.method, self.history, self.swapped = method, History(method.system, k), swapped

    def context(self, truth: Array | None = None) -> Context:
        """What the method gets to see now; truth [n_h]: for methods that are told."""
        interactions = self.history.latest()
        if interactions is not None and self.swapped is not None:
            interactions = self.swapped
        told = None if truth is None else torch.from_numpy(truth.astype(np.float32))
        return Context(interactions, None, told)


def walk_episode(
    world: LeggedWorld, spec: EpisodeSpec, mind: Mind, planner: SequencePlanner, steps: int = EPISODE_STEPS,
    exploration: Exploration | None = None, generator: torch.Generator | None = None,
) -> Walk:  # fmt: skip
    """Walk one episode with a model and a planner.

    Args:
        world: of the episode's task.
        spec: the episode.
        mind: the method and its history, which is cleared.
        planner: of the same system; its last plan is forgotten.
        steps: length of the episode.
        exploration: noise on what is planned, which needs a generator, and for how long plans last.
        generator: source of that noise.

    Raises:
        ValueError: an episode of another task, a method or planner of another robot.
        RuntimeError: nothing could be walked at all. A simulation that diverges later ends the walk early.
    """
    if mind.method.system.name != world.system.name:
        raise ValueError(f"the model is of {mind.method.system.name!r}, but {world.task.name} needs one of "
                         f"{world.system.name!r}; give a model of this robot")  # fmt: skip
    if exploration is not None and exploration.replan_every > 1:
        planner = OpenLoop(planner, exploration.replan_every)
    log = _Log([world.reset(spec)])
    mind.history.clear()
    task = WalkTask(WalkGoal(duration=steps * world.system.dt), world.system, planner, WalkTaskConfig())
    noise = _noise(world.system, steps, exploration, generator)
    note = ""
    for number in range(steps):
        planned = _decide(world, mind, task, log, number)
        if isinstance(planned, WalkFinished):
            note = planned.message
            break
        try:
            _act(world, mind.history, log, (planned + noise[number]).clamp_(-1.0, 1.0))
        except RuntimeError as error:
            note = str(error)
            break
    return log.close(spec, log.codes[0].size if log.codes else 0, note)


def random_episode(
    world: LeggedWorld,
    spec: EpisodeSpec,
    generator: torch.Generator,
    steps: int,
    exponent: float = 0.0,
    limit: float = 1.0,
) -> Walk:
    """Random actions: the first iteration of on-policy training (appendix B).

    exponent 0: uniform, anew at every step, as in the paper; above: coloured noise, which moves the body further.
    limit: greatest action.
    """
    log, note, n_actions = _Log([world.reset(spec)]), "", len(world.system.joint_names)
    if exponent == 0.0:
        actions = uniform_sequences(1, steps, n_actions, 1, generator)[0]
    else:
        actions = (COLOURED * coloured_noise(1, steps, n_actions, exponent, generator)[0]).clamp_(-1.0, 1.0)
    for action in actions * limit:
        try:
            _act(world, None, log, action)
        except RuntimeError as error:
            note = str(error)
            break
    return log.close(spec, 0, note)


def agent_episode(
    world: LeggedWorld, spec: EpisodeSpec, agent: Agent, steps: int, exploration: Exploration | None = None,
    generator: torch.Generator | None = None,
) -> Walk:  # fmt: skip
    """Walk one episode with an agent that needs no learned model; exploration as in ``walk_episode``."""
    log, note = _Log([world.reset(spec)]), ""
    agent.reset(world)
    noise = _noise(world.system, steps, exploration, generator)
    for number in range(steps):
        began = time.perf_counter()
        wanted = torch.from_numpy(np.asarray(agent.act(world, log.states[-1]), dtype=np.float32))
        log.planning_ms.append(1e3 * (time.perf_counter() - began))
        try:
            _act(world, None, log, (wanted + noise[number]).clamp_(-1.0, 1.0))
        except RuntimeError as error:
            note = str(error)
            break
    return log.close(spec, 0, note)


def _decide(world: LeggedWorld, mind: Mind, task: WalkTask, log: _Log, number: int) -> Tensor | WalkFinished:
    """The action [n_a] that the walk task wants in the world's present state, or its early end."""
    context, method = mind.context(world.hidden()), mind.method
    now = number * world.system.dt
    experts = method.bank(context)
    log.codes.append(method.encode_interactions(context).numpy().astype(np.float64))
    command = task.update(now, torch.from_numpy(log.states[-1].astype(np.float32)), experts, now)
    if isinstance(command, WalkFinished):
        return command
    log.planning_ms.append(task.times.last_ms)
    if command.plan is not None and command.plan.usable:
        log.predicted.append(command.plan.total_reward)
    return command.action.clone()


def _act(world: LeggedWorld, history: History | None, log: _Log, action: Tensor) -> None:
    taken = action.numpy().astype(np.float64)
    result = world.step(taken)
    if history is not None:
        history.record(log.states[-1], taken, result.state)
    log.states.append(result.state)
    log.actions.append(taken)
    log.rewards.append(result.reward)
    log.hidden.append(result.hidden)


def _noise(
    system: LeggedSystem, steps: int, exploration: Exploration | None, generator: torch.Generator | None
) -> Tensor:
    """[steps, n_a]."""
    n_actions = len(system.action_dimensions)
    if exploration is None or exploration.deviation == 0.0:
        return torch.zeros(steps, n_actions)
    if generator is None:
        raise ValueError("exploration needs a generator for its noise")
    return exploration.deviation * coloured_noise(1, steps, n_actions, exploration.exponent, generator)[0]

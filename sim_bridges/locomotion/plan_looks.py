"""States of recorded episodes, and what many action sequences truly bring from each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import track
from torch import Tensor

from hyperdynamics_core.control.history import History
from hyperdynamics_core.data.episodes import Episode, EpisodeSet
from hyperdynamics_core.evaluation.plan_choice import PlanChoice, choose
from hyperdynamics_core.methods.context import Context
from hyperdynamics_core.methods.method import Method
from hyperdynamics_core.planning.action_noise import uniform_sequences
from hyperdynamics_core.planning.sequence_rollout import Rollout, make_rollout
from sim_bridges.locomotion.simulator_agent import true_returns
from sim_bridges.locomotion.tasks import EpisodeSpec, task_named
from sim_bridges.locomotion.world import LeggedWorld

REPLAY_TOLERANCE = 1e-3
"""Greatest difference of a replayed state from the recorded one."""


@dataclass(frozen=True)
class LookConfig:
    """Where and at what to look."""

    every: int = 25
    """Steps between two looks at an episode."""
    sequences: int = 500
    """Drawn at each look."""
    horizon: int = 20
    """Steps of a sequence."""
    hold: int = 4
    """Steps that each drawn action is kept for."""

    def __post_init__(self) -> None:
        for name, least in (("every", 1), ("sequences", 2), ("horizon", 1), ("hold", 1)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} must be {least} or more, got {getattr(self, name)}")


@dataclass(frozen=True)
class Look:
    """One state, with sequences from it and what they truly bring."""

    context: Context
    """What a method knows there: the newest steps, and the truth for those that are told."""
    state: Tensor
    """[n_s] float32."""
    actions: Tensor
    """[K, H, n_a] float32."""
    returns: NDArray[np.float64]
    """[K] true returns; minus infinity where the simulation diverged."""


def look_at(world: LeggedWorld, episode: Episode, config: LookConfig, generator: torch.Generator) -> Iterator[Look]:
    """Replay a recorded episode; look at it every so many steps, from the first full window on.

    Raises:
        ValueError: an episode of another task, or one that does not go as it was recorded: another simulator.
    """
    history = History(world.system)
    state = world.reset(EpisodeSpec.from_json(episode.spec))
    for number, action in enumerate(episode.actions):
        _check(number, state, episode.states[number])
        if number >= history.k and number % config.every == 0:
            yield _look(world, history, state, config, generator)
        following = world.step(action.astype(np.float64)).state
        history.record(state, action, following)
        state = following


def choices_at(
    data: EpisodeSet, methods: Sequence[Method], config: LookConfig, seed: int = 0
) -> Iterator[tuple[int, Look, list[PlanChoice]]]:
    """Look at all episodes of a set, with a bar: number of the episode, the look, and what each method chooses there.

    seed: of the sequences; the same ones for every method.

    Raises:
        ValueError: see ``look_at``.
    """
    world = LeggedWorld(task_named(data.physics["task"]))
    rollout = make_rollout(world.system, config.horizon, keep_all=False)
    for index, episode in enumerate(track(data.episodes, "looking at episodes", transient=True)):
        for look in look_at(world, episode, config, torch.Generator().manual_seed(seed + index)):
            yield index, look, [_choice(method, look, rollout) for method in methods]


@torch.inference_mode()
def _choice(method: Method, look: Look, rollout: Rollout) -> PlanChoice:
    _, predicted = rollout(look.state, look.actions, method.bank(look.context))
    return choose(predicted.numpy(), look.returns)


def _look(
    world: LeggedWorld, history: History, state: NDArray[np.float64], config: LookConfig, generator: torch.Generator
) -> Look:
    n_actions = len(world.system.action_dimensions)
    drawn = uniform_sequences(config.sequences, config.horizon, n_actions, config.hold, generator)
    actions = drawn * world.system.calm
    told = torch.from_numpy(world.hidden().astype(np.float32))
    return Look(
        Context(history.latest(), None, told), torch.from_numpy(state.astype(np.float32)), actions,
        true_returns(world, actions.numpy().astype(np.float64)),
    )  # fmt: skip


def _check(number: int, state: NDArray[np.float64], recorded: NDArray[np.float32]) -> None:
    off = float(np.abs(state - recorded).max())
    if not off <= REPLAY_TOLERANCE:
        raise ValueError(
            f"replayed, the episode is {off:.3g} off what was recorded at step {number}; it was walked with another "
            "simulator, or not in simulation: record episodes anew with `collect locomotion`"
        )

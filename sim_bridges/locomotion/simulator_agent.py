"""Planning with the true simulator: what a perfect dynamics model would reach, the upper reference.

Every candidate is rolled out from the world's full state, hidden values included, by ``mujoco.rollout``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import mujoco
import mujoco.rollout
import numpy as np
import torch
from numpy.typing import NDArray

from hyperdynamics_core.planning.action_noise import coloured_noise, uniform_sequences
from sim_bridges.locomotion.world import LeggedWorld, states_from

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ShootingConfig:
    """Random shooting (section 3.2): the best of independent sequences."""

    candidates: int = 500
    """Sequences."""
    horizon: int = 20
    """Steps."""
    hold: int = 1
    """Steps for which an action is kept."""
    replan_every: int = 1
    """Steps of the best sequence that are carried out."""
    limit: float = 1.0
    """Greatest action, parts of the greatest torque."""
    keep: bool = False
    """What is left of the last plan, its last action repeated, is one of the sequences."""
    upright: float = 0.0
    """Price of a sequence that ends tilted, in reward, times ``LeggedSystem.lean``."""


@dataclass(frozen=True)
class CemConfig:
    """Cross-entropy method: sequences drawn around the last plan, the spread fitted to the best ones."""

    candidates: int = 40
    """Sequences an iteration."""
    iterations: int = 2
    """Times that mean and deviation are fitted."""
    horizon: int = 25
    """Steps."""
    elites: int = 6
    """Best sequences that mean and deviation are fitted to."""
    deviation: float = 0.6
    """First deviation, parts of the limit."""
    noise_exponent: float = 2.0
    """Power of the noise falls as frequency to minus this."""
    replan_every: int = 1
    """Steps of the plan that are carried out."""
    limit: float = 1.0
    """Greatest action, parts of the greatest torque."""
    upright: float = 0.0
    """Price of a sequence that ends tilted, in reward, times ``LeggedSystem.lean``."""


def true_returns(world: LeggedWorld, actions: Array, upright: float = 0.0) -> Array:
    """Return [N] of every action sequence [N, T, n_a] from the world's present state; diverged ones get -inf.

    upright: price of ending tilted, in reward, times ``LeggedSystem.lean`` of the last state.
    """
    full = mujoco.mjtState.mjSTATE_FULLPHYSICS
    start = np.empty(mujoco.mj_stateSize(world.model, full))
    mujoco.mj_getState(world.model, world.data, start, full)
    initial = np.repeat(start[None], len(actions), axis=0)
    warm = np.repeat(world.data.qacc_warmstart[None], len(actions), axis=0)
    # A copy: rollout writes into the data it is given.
    scratch = mujoco.MjData(world.model)
    states, _ = mujoco.rollout.rollout(world.model, scratch, initial, actions, initial_warmstart=warm)
    ends = 1 + world.model.nq, 1 + world.model.nq + world.model.nv
    after = states_from(world.task, states[..., 1 : ends[0]], states[..., ends[0] : ends[1]])
    before = np.broadcast_to(world.state(), (len(actions), 1, after.shape[-1]))
    both = torch.from_numpy(np.concatenate((before, after), axis=1))
    total = world.system.total_reward(both, torch.from_numpy(actions))
    returns = (total - upright * world.system.lean(both[:, -1])).numpy()
    # MuJoCo sets a diverged simulation back to its start, its clock too.
    whole = states[:, -1, 0] > world.data.time + (actions.shape[1] - 0.5) * world.model.opt.timestep
    return np.where(whole & np.isfinite(returns), returns, -np.inf)


class _Planned(ABC):
    """Carries out the first steps of a plan, then asks for another."""

    def __init__(self, replan_every: int) -> None:
        self._replan_every = replan_every
        self._plan, self._done = np.empty((0, 0)), 0

    def reset(self, world: LeggedWorld) -> None:
        """Forget the last plan."""
        self._plan, self._done = np.empty((0, len(world.system.joint_names))), 0

    def act(self, world: LeggedWorld, state: Array) -> Array:
        """Action [n_a]."""
        if self._done == min(self._replan_every, len(self._plan)):
            self._plan, self._done = self._improve(world, self._plan[self._done :]), 0
        self._done += 1
        return self._plan[self._done - 1].copy()

    @abstractmethod
    def _improve(self, world: LeggedWorld, rest: Array) -> Array:
        """A new plan [H, n_a], given what is left of the last one [h, n_a]."""


def _gone_on(rest: Array, horizon: int) -> Array:
    """Plan [H, n_a] of what is left of the last one [h, n_a], at least an action, and its last action repeated."""
    return np.concatenate((rest, rest[-1:].repeat(horizon - len(rest), axis=0)))


class SimulatorShooting(_Planned):
    """Random shooting with the true simulator."""

    def __init__(self, generator: torch.Generator, config: ShootingConfig | None = None) -> None:
        self.config = config or ShootingConfig()
        super().__init__(self.config.replan_every)
        self._generator = generator

    def _improve(self, world: LeggedWorld, rest: Array) -> Array:
        config, size = self.config, len(world.system.joint_names)
        drawn = uniform_sequences(config.candidates, config.horizon, size, config.hold, self._generator) * config.limit
        actions = drawn.numpy().astype(np.float64)
        if config.keep and len(rest):
            actions[0] = _gone_on(rest, config.horizon)
        best: Array = actions[self._rate(world, actions).argmax()]
        return best

    def _rate(self, world: LeggedWorld, actions: Array) -> Array:
        """What each of the sequences [N, H, n_a] is worth, [N]."""
        return true_returns(world, actions, self.config.upright)


class SimulatorCem(_Planned):
    """Warm-started cross-entropy method with coloured noise and the true simulator."""

    def __init__(self, generator: torch.Generator, config: CemConfig | None = None) -> None:
        self.config = config or CemConfig()
        super().__init__(self.config.replan_every)
        self._generator = generator

    def _improve(self, world: LeggedWorld, rest: Array) -> Array:
        config, size = self.config, len(world.system.joint_names)
        mean = _gone_on(rest, config.horizon) if len(rest) else np.zeros((config.horizon, size))
        deviation = np.full_like(mean, config.deviation * config.limit)
        best, best_return = mean, -np.inf
        for _ in range(config.iterations):
            noise = coloured_noise(config.candidates, config.horizon, size, config.noise_exponent, self._generator)
            actions = np.clip(mean + deviation * noise.numpy(), -config.limit, config.limit)
            actions[0], actions[1] = mean, best
            returns = true_returns(world, actions, config.upright)
            order = np.argsort(-returns)[: config.elites]
            if returns[order[0]] > best_return:
                best, best_return = actions[order[0]], returns[order[0]]
            mean, deviation = actions[order].mean(0), actions[order].std(0)
        return best

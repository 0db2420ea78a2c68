"""Walk one episode with an agent and keep all of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim_bridges.locomotion.agents import Agent
from sim_bridges.locomotion.tasks import EpisodeSpec
from sim_bridges.locomotion.world import EPISODE_STEPS, LeggedWorld

Array = NDArray[np.float64]


@dataclass(frozen=True)
class EpisodeRecord:
    """What happened in one episode; plain arrays, so that it travels between processes."""

    spec: str
    """The episode's specification, one line of JSON (``EpisodeSpec.from_json`` reads it)."""
    states: Array
    """[T + 1, n_s] in the system's layout."""
    actions: Array
    """[T, n_a] as they were applied, -1 to 1."""
    rewards: Array
    """[T] by the system's formula."""
    hidden: Array
    """[T, n_h] true hidden values where the robot was when it acted."""

    @property
    def total_reward(self) -> float:
        """The episode's return."""
        return float(self.rewards.sum())


def run_episode(world: LeggedWorld, spec: EpisodeSpec, agent: Agent, steps: int = EPISODE_STEPS) -> EpisodeRecord:
    """Reset the world and the agent, and let the agent act for `steps` time steps.

    Raises:
        ValueError: an episode of another task, no steps, or an action that the world refuses.
        RuntimeError: the simulation diverged.
    """
    if steps < 1:
        raise ValueError(f"an episode needs at least 1 step, not {steps}")
    states, actions, rewards, hidden = [world.reset(spec)], [], [], []
    agent.reset(world)
    for _ in range(steps):
        action = np.clip(np.asarray(agent.act(world, states[-1]), dtype=np.float64), -1.0, 1.0)
        result = world.step(action)
        states.append(result.state)
        actions.append(action)
        rewards.append(result.reward)
        hidden.append(result.hidden)
    return EpisodeRecord(spec.as_json(), np.stack(states), np.stack(actions), np.array(rewards), np.stack(hidden))

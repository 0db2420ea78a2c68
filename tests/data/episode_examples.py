"""A made-up system whose hidden gain decides what actions do, and its episodes: what adapts must find the gain."""

import numpy as np
import torch
from torch import Tensor

from hyperdynamics_core.data.episodes import Episode, make_episode
from hyperdynamics_core.systems.system import Dimension, System


class Gain(System):
    """Two numbers: place x 0 (never fed to a network) and speed v 1; v' = 0.9 v + gain a, x' = x + 0.1 v."""

    name = "gain"
    dt = 0.1
    state_dimensions = (Dimension("x", "m"), Dimension("v", "m/s"))
    action_dimensions = (Dimension("a", "1"),)
    feature_dimensions = (Dimension("v", "m/s"), Dimension("a", "1"))
    delta_dimensions = state_dimensions

    def features(self, state: Tensor, action: Tensor) -> Tensor:
        """[..., 2]."""
        return torch.cat((state[..., 1:], action), dim=-1)

    def compose(self, state: Tensor, delta: Tensor) -> Tensor:
        """Sum."""
        return state + delta

    def difference(self, state: Tensor, next_state: Tensor) -> Tensor:
        """Difference."""
        return next_state - state


GAIN = Gain()


def gain_episode(gain: float, steps: int, rng: np.random.Generator) -> Episode:
    """Random actions; the gain, 0 ... 2, is the hidden value."""
    states, actions = np.zeros((steps + 1, 2)), rng.uniform(-1.0, 1.0, (steps, 1))
    states[0] = rng.normal(size=2)
    for step in range(steps):
        x, v = states[step]
        states[step + 1] = x + 0.1 * v, 0.9 * v + gain * actions[step, 0]
    rewards = np.diff(states[:, 0])
    return make_episode(GAIN, 1, states, actions, rewards, np.full((steps, 1), gain), f'{{"gain": {gain}}}')


def gain_episodes(count: int, steps: int = 60, seed: int = 0) -> list[Episode]:
    """Episodes of gains spread over -1 ... 2."""
    rng = np.random.default_rng(seed)
    return [gain_episode(float(rng.uniform(-1.0, 2.0)), steps, rng) for _ in range(count)]

"""Unrolling of experts over candidates (section 3.3): predict, compose, turn the shape, a new expert at every step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from hyperdynamics_core.methods.experts import Experts
from hyperdynamics_core.systems.system import System

Policy = Callable[[int, Tensor], Tensor]
"""Step index and states [N, n_s] to actions [N, n_a]."""


@dataclass(frozen=True)
class Rollout:
    """Predicted futures of N candidates."""

    states: Tensor
    """[N, H + 1, n_s], the start first."""
    actions: Tensor
    """[N, H, n_a]."""


def open_loop(actions: Tensor) -> Policy:
    """Policy that plays actions [N, H, n_a] whatever happens."""
    return lambda step, states: actions[:, step]


@torch.inference_mode()
def unroll(system: System, experts: Experts, start: Tensor, policy: Policy, horizon: int) -> Rollout:
    """Unroll from start [N, n_s] over horizon steps.

    The bank behind ``experts`` chooses each row's expert by the row's own predicted orientation, so that every
    candidate gets a new expert at every step.

    Raises:
        ValueError: the horizon is below 1 or the start is not [N, n_s].
    """
    n_state = len(system.state_dimensions)
    if horizon < 1 or start.dim() != 2 or start.shape[1] != n_state:
        raise ValueError(
            f"unroll needs a horizon of 1 or more and a start of shape [N, {n_state}] for the system {system.name!r}, "
            f"got horizon {horizon} and shape {tuple(start.shape)}; add a candidate dimension to a single state"
        )
    states, actions = [start], []
    for step in range(horizon):
        action = policy(step, states[-1])
        actions.append(action)
        states.append(system.compose(states[-1], experts.predict(states[-1], action)))
    return Rollout(torch.stack(states, dim=1), torch.stack(actions, dim=1))

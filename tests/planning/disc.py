"""A hand-made expert to plan with: a disc that the rod shoves out of its way, and that may slide on a little."""

from __future__ import annotations

import torch
from torch import Tensor

from hyperdynamics_core.planning.geometry import Box, Footprint
from hyperdynamics_core.systems.push import END_EFFECTOR, LINEAR_VELOCITY, POSITION

RADIUS = 0.04
CONTACT = RADIUS + 0.01
HEIGHT = 0.02


class DiscExperts:
    """``Experts`` of a disc; ``glide`` is the speed it keeps for each metre that it was pushed, 1/s."""

    def __init__(self, glide: float = 0.0) -> None:
        self.glide = glide

    def predict(self, state: Tensor, action: Tensor) -> Tensor:
        disc, rod = state[:, POSITION][:, :2], state[:, END_EFFECTOR][:, :2]
        disc = disc + state[:, LINEAR_VELOCITY][:, :2] * 0.8
        start = disc
        for part in torch.linspace(0.0, 1.0, 21)[1:]:
            away = disc - (rod + part * action[:, :2])
            gap = away.norm(dim=1, keepdim=True).clamp_min(1e-6)
            disc = disc + away / gap * (CONTACT - gap).clamp_min(0.0)
        moved = disc - start
        delta = torch.zeros(len(state), 15)
        delta[:, 0:2] = disc - state[:, POSITION][:, :2]
        delta[:, 6:8] = self.glide * moved - state[:, LINEAR_VELOCITY][:, :2]
        delta[:, 12:15] = action
        return delta


def disc_state(x: float = 0.0, y: float = 0.0, rod: tuple[float, float] = (-0.07, 0.0)) -> Tensor:
    """[16] a disc at rest."""
    state = torch.zeros(16)
    state[:3] = torch.tensor([x, y, HEIGHT])
    state[6] = 1.0
    state[13:16] = torch.tensor([*rod, 0.012])
    return state


def disc_box(x: float = 0.0, y: float = 0.0) -> Box:
    return Box((x, y, HEIGHT), (2 * RADIUS, 2 * RADIUS, 2 * HEIGHT))


def disc_footprint() -> Footprint:
    return Footprint.from_box(disc_box(), (0.0, 0.0), 0.0)

"""Where a sliding object comes to rest: Coulomb friction takes the same speed away every second."""

from __future__ import annotations

import torch
from torch import Tensor

from hyperdynamics_core.planning.geometry import length
from hyperdynamics_core.systems.push import ANGULAR_VELOCITY, END_EFFECTOR, LINEAR_VELOCITY, ORIENTATION, POSITION
from hyperdynamics_core.systems.rotations import quaternion_multiply, yaw_quaternion

DECELERATION = 0.098
"""Friction coefficient of the paper's ranges (0.01) times gravity, m/s^2."""
LEVER = 0.04
"""Radius at which an object of 7-12 cm rubs on average, m: turns angular speed into speed."""


def coasting_time(states: Tensor, deceleration: float = DECELERATION) -> Tensor:
    """Seconds [...] until objects in states [..., 16] rest."""
    speed = length(states[..., LINEAR_VELOCITY][..., :2])
    return torch.maximum(speed, LEVER * states[..., ANGULAR_VELOCITY][..., 2].abs()) / deceleration


def resting_positions(states: Tensor, deceleration: float = DECELERATION) -> Tensor:
    """Positions [..., 2] at which objects in states [..., 16] come to rest, m."""
    half_time = 0.5 * coasting_time(states, deceleration).unsqueeze(-1)
    return states[..., POSITION][..., :2] + states[..., LINEAR_VELOCITY][..., :2] * half_time


def at_rest(states: Tensor, rod: Tensor, deceleration: float = DECELERATION) -> Tensor:
    """States [..., 16] once the objects rest and the rod stands at rod [..., 3]."""
    half_time = 0.5 * coasting_time(states, deceleration)
    rested = torch.cat((states[..., :13], rod.expand(*states.shape[:-1], 3)), dim=-1)
    rested[..., POSITION.start : POSITION.start + 2] = resting_positions(states, deceleration)
    turn = yaw_quaternion(states[..., ANGULAR_VELOCITY][..., 2] * half_time)
    rested[..., ORIENTATION] = quaternion_multiply(turn, states[..., ORIENTATION])
    rested[..., LINEAR_VELOCITY] = 0.0
    rested[..., ANGULAR_VELOCITY] = 0.0
    rested[..., END_EFFECTOR] = rod
    return rested

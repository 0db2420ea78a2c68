"""What the rod does not reach does not move: keeps an expert's small errors from passing for progress."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from hyperdynamics_core.methods.experts import Experts
from hyperdynamics_core.planning.geometry import Footprint, length
from hyperdynamics_core.systems.push import END_EFFECTOR, LINEAR_VELOCITY, ORIENTATION, POSITION
from hyperdynamics_core.systems.rotations import yaw_of

N_OBJECT = 12
"""Numbers of a delta that tell of the object; those of the rod follow."""
PARTS = (torch.arange(8) + 1.0) / 8


@dataclass(frozen=True)
class ContactGate:
    """``Experts`` that leave an object at rest alone where the rod passes it by at a distance.

    Experts are regressions: for a push into thin air they say some millimetres, which over many candidates look like
    the best way on near an obstacle.
    """

    experts: Experts
    footprint: Footprint
    """The object's detected box."""
    reach: float
    """Distance of the rod's centre from the box below which it may touch the object, m."""
    rest_speed: float = 0.01
    """Below this speed an object counts as resting, m/s."""

    def predict(self, state: Tensor, action: Tensor) -> Tensor:
        """See ``Experts.predict``; states [B, 16], actions [B, 3]."""
        delta = self.experts.predict(state, action)
        rod = state[:, END_EFFECTOR][:, None, :2] + PARTS[:, None] * action[:, None, :2]
        position, yaw = state[:, POSITION][:, :2], yaw_of(state[:, ORIENTATION])
        gap = self.footprint.distance(position[:, None].expand_as(rod), yaw[:, None].expand(rod.shape[:-1]), rod)
        still = length(state[:, LINEAR_VELOCITY][:, :2]) < self.rest_speed
        untouched = still & (gap.amin(-1) > self.reach)
        moved = torch.where(untouched.unsqueeze(1), torch.zeros(()), delta[:, :N_OBJECT])
        return torch.cat((moved, delta[:, N_OBJECT:]), dim=1)

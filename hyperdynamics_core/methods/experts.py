"""What every method's adapt() returns: one or more ready experts behind one predict()."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from hyperdynamics_core.networks.expert import ExpertArchitecture, apply_expert
from hyperdynamics_core.systems.push import ORIENTATION
from hyperdynamics_core.systems.rotations import yaw_of
from hyperdynamics_core.systems.system import System


class Experts(Protocol):
    """A dynamics model dedicated to one system; planner, evaluation and nodes know nothing else."""

    def predict(self, state: Tensor, action: Tensor) -> Tensor:
        """Change of state [B, n_d] in physical units, from state [B, n_s] and action [B, n_a]."""
        ...


@dataclass(frozen=True)
class ExpertBank:
    """Flat weights, one expert a yaw of the object relative to when it was seen, or one alone, or one of each member of
    an ensemble.

    ``predict`` takes for each state the expert of the nearest yaw (section 3.3: a new expert at every step), or the
    mean of the members.
    """

    system: System
    architecture: ExpertArchitecture
    weights: Tensor
    """[n_experts, n_weights] float32, normalisation folded in; [members, n_weights] for one yaw."""
    yaws: Tensor
    """[n_experts] relative yaws, rad: evenly spaced from 0 over a full turn; [0.0] for one alone and for members."""
    reference_yaw: float = 0.0
    """Absolute yaw of the object at relative yaw 0, rad."""

    @property
    def members(self) -> int:
        """Experts that predict the same; above 1 for an ensemble."""
        return len(self.weights) if len(self.yaws) == 1 else 1

    def member(self, index: int) -> ExpertBank:
        """One member's expert alone."""
        return replace(self, weights=self.weights[index : index + 1])

    def select(self, state: Tensor) -> Tensor:
        """Index [B] of the expert nearest to each state's orientation."""
        relative = yaw_of(state[..., ORIENTATION]) - self.reference_yaw
        return torch.round(relative * (len(self.yaws) / math.tau)).long() % len(self.yaws)

    def predict(self, state: Tensor, action: Tensor) -> Tensor:
        """See ``Experts.predict``."""
        inputs = self.system.features(state, action)
        if len(self.yaws) == 1:
            predictions = [apply_expert(weights, inputs, self.architecture) for weights in self.weights]
            return torch.stack(predictions).mean(0) if self.members > 1 else predictions[0]
        return apply_expert(self.weights[self.select(state)], inputs, self.architecture)

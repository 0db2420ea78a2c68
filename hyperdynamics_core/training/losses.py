"""L_pred (equation 1), with what a step's components weigh, and our optional auxiliary loss on hidden physics."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from hyperdynamics_core.networks.interaction_encoder import InteractionEncoder

LOSSES = ("robust", "squared")


@dataclass(frozen=True)
class PredictionLossConfig:
    """How wrong predictions are charged; components are normalised by their deviation first."""

    kind: str = "robust"
    """robust: length of each vector's error (position, rotation, velocities, rod), which is the metric of the tables
    and is not ruled by the few pushes that go far; squared: as in equation 1."""
    first_vector_weight: float = 16.0
    """Weight of the first vector, the object's position, against 1 for every other one."""
    smoothing: float = 0.05
    """Errors well below this many deviations are charged quadratically by the robust loss."""

    def __post_init__(self) -> None:
        if self.kind not in LOSSES:
            raise ValueError(f"loss must be one of {LOSSES}, got {self.kind!r}")
        if self.first_vector_weight <= 0 or self.smoothing <= 0:
            raise ValueError(
                f"first_vector_weight and smoothing must be positive, got {self.first_vector_weight}, {self.smoothing}"
            )


def prediction_loss(outputs: Tensor, targets: Tensor, config: PredictionLossConfig) -> Tensor:
    """Scalar loss of normalised deltas [B, 3 n], a weighted mean over n vectors and the batch."""
    squares = (outputs - targets).reshape(len(outputs), -1, 3).square().sum(-1)
    if config.kind == "robust":
        squares = torch.sqrt(squares + config.smoothing**2) - config.smoothing
    weights = torch.ones(squares.shape[1], device=outputs.device)
    weights[0] = config.first_vector_weight
    return (squares.mean(0) * weights).sum() / weights.sum()


def physics_loss(encoder: InteractionEncoder, z_int: Tensor, physics: Tensor, mask: Tensor) -> Tensor:
    """Mean squared error of the physics [B, n_physics], standardised, that the encoder's auxiliary head tells from
    codes [B, n_int], over the samples that had interactions: any of mask [B, k]."""
    known = mask.any(1)
    if not known.any():
        return z_int.sum() * 0.0
    return functional.mse_loss(encoder.physics(z_int[known]), physics[known])

"""Statistics that the networks' inputs and outputs are scaled by."""

from __future__ import annotations

import torch
from torch import Tensor

from hyperdynamics_core.networks.expert import Normalisation

FLOOR = 0.1
"""Smallest deviation of a component, relative to the largest one of its vector."""


def vector_statistics(values: Tensor, floor: float = FLOOR) -> tuple[Tensor, Tensor]:
    """Mean and deviation [3 n] of n vectors in the world's frame, values [N, 3 n], as if the world had no preferred
    direction: x and y share one deviation and have mean 0.

    Components that hardly vary (the height of a pushed object) get a floor, or their noise would weigh like motion.

    Raises:
        ValueError: values that are not vectors of 3, not finite, or fewer than two.
    """
    if values.shape[-1] % 3 or len(values) < 2:
        raise ValueError(f"statistics need two or more rows of 3-vectors, got shape {tuple(values.shape)}")
    if not torch.isfinite(values).all():
        raise ValueError("statistics need finite values; the data hold NaN or infinity: filter those trajectories")
    vectors = values.double().reshape(len(values), -1, 3)
    mean = vectors.mean(0)
    mean[:, :2] = 0.0
    std = (vectors - mean).square().mean(0).sqrt()
    std[:, :2] = std[:, :2].square().mean(-1, keepdim=True).sqrt()
    std = torch.maximum(std, floor * std.amax(-1, keepdim=True)).clamp_min(1e-6)
    return mean.flatten().float(), std.flatten().float()


def fit_normalisation(features: Tensor, delta: Tensor, floor: float = FLOOR) -> Normalisation:
    """Normalisation of experts from features [N, n_in] and deltas [N, n_out] of the training data."""
    return Normalisation(*vector_statistics(features, floor), *vector_statistics(delta, floor))

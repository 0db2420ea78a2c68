"""The expert F (section 3): a small fully connected network whose weights are a flat vector that others generate.

Flat layout: layer by layer, weight row-major [out, in], then bias [out]. A vector in this canonical form already holds
the input and output normalisation (``fold_normalisation``), so a received expert is ready to run on physical units.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

ACTIVATIONS = ("leaky_relu", "relu")


@dataclass(frozen=True)
class ExpertArchitecture:
    """Layer sizes and activation of one expert."""

    layer_sizes: tuple[int, ...]
    """Inputs, hidden layers, outputs; the paper's pushing expert is (12, 32, 32, 32, 15)."""
    activation: str = "leaky_relu"
    """Between layers: leaky_relu (slope 0.01) or relu."""

    def __post_init__(self) -> None:
        if len(self.layer_sizes) < 2 or any(size < 1 for size in self.layer_sizes):
            raise ValueError(f"layer_sizes must be two or more positive sizes, got {self.layer_sizes}")
        if self.activation not in ACTIVATIONS:
            raise ValueError(f"activation must be one of {ACTIVATIONS}, got {self.activation!r}")

    @property
    def layers(self) -> tuple[tuple[int, int], ...]:
        """(inputs, outputs) of every layer."""
        return tuple(zip(self.layer_sizes[:-1], self.layer_sizes[1:], strict=True))

    @property
    def n_weights(self) -> int:
        """Length of the flat vector."""
        return sum((n_in + 1) * n_out for n_in, n_out in self.layers)


def unflatten(weights: Tensor, architecture: ExpertArchitecture) -> list[tuple[Tensor, Tensor]]:
    """Views into flat weights [..., P]: a list of (weight [..., out, in], bias [..., out]).

    Raises:
        ValueError: the last dimension is not the architecture's ``n_weights``.
    """
    if weights.shape[-1] != architecture.n_weights:
        raise ValueError(
            f"an expert of layers {architecture.layer_sizes} has {architecture.n_weights} weights, "
            f"got {weights.shape[-1]}; use the architecture that the weights were generated for"
        )
    layers, start = [], 0
    for n_in, n_out in architecture.layers:
        weight = weights[..., start : start + n_in * n_out].reshape(*weights.shape[:-1], n_out, n_in)
        bias = weights[..., start + n_in * n_out : start + (n_in + 1) * n_out]
        layers.append((weight, bias))
        start += (n_in + 1) * n_out
    return layers


def flatten(layers: Sequence[tuple[Tensor, Tensor]]) -> Tensor:
    """Inverse of ``unflatten``: [..., P]."""
    return torch.cat([part for weight, bias in layers for part in (weight.flatten(-2), bias)], dim=-1)


def initial_weights(architecture: ExpertArchitecture) -> Tensor:
    """Flat weights [P] of a freshly initialised network: uniform within 1/sqrt(fan-in), as torch's Linear."""
    parts = []
    for n_in, n_out in architecture.layers:
        parts.append(torch.empty((n_in + 1) * n_out).uniform_(-1.0, 1.0) / math.sqrt(n_in))
    return torch.cat(parts)


def activate(hidden: Tensor, activation: str) -> Tensor:
    """The expert's nonlinearity."""
    return functional.leaky_relu(hidden, 0.01) if activation == "leaky_relu" else functional.relu(hidden)


def apply_expert(
    weights: Tensor, inputs: Tensor, architecture: ExpertArchitecture, shift: Tensor | None = None
) -> Tensor:
    """Run experts on inputs.

    weights [P] with inputs [..., n_in] shares one expert; weights [B, P] with inputs [B, n_in] gives each row its own.
    shift [..., n_1], if given, is added to the first layer's bias (how a global model takes a code in).
    Returns [..., n_out].
    """
    hidden = inputs
    layers = unflatten(weights, architecture)
    for index, (weight, bias) in enumerate(layers):
        if weights.dim() == 1:
            hidden = functional.linear(hidden, weight, bias)
        else:
            hidden = torch.baddbmm(bias.unsqueeze(-1), weight, hidden.unsqueeze(-1)).squeeze(-1)
        if index == 0 and shift is not None:
            hidden = hidden + shift
        if index < len(layers) - 1:
            hidden = activate(hidden, architecture.activation)
    return hidden


@dataclass(frozen=True)
class Normalisation:
    """Affine maps between physical units and what the networks see."""

    input_mean: Tensor
    """[n_in]."""
    input_std: Tensor
    """[n_in], positive."""
    output_mean: Tensor
    """[n_out]."""
    output_std: Tensor
    """[n_out], positive."""


def fold_normalisation(weights: Tensor, architecture: ExpertArchitecture, norm: Normalisation) -> Tensor:
    """Fold both normalisations into normalised weights [..., P]; the result maps physical units to physical units."""
    layers = unflatten(weights, architecture)
    weight, bias = layers[0]
    weight = weight / norm.input_std
    layers[0] = (weight, bias - (weight * norm.input_mean).sum(-1))
    weight, bias = layers[-1]
    layers[-1] = (weight * norm.output_std.unsqueeze(-1), bias * norm.output_std + norm.output_mean)
    return flatten(layers)

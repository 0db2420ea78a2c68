"""The expert F (section 3): a small fully connected network whose weights are a flat vector that others generate.

Flat layout: layer by layer, weight row-major [out, in], then bias [out]. A vector in this canonical form already holds
the input and output normalisation (``fold_normalisation``), so a received expert is ready to run on physical units.

An expert may clamp its normalised inputs (``input_clamp``), so that a state far from the training data cannot drive it
anywhere. Clamping does not fold into a layer: such a vector starts with the inputs' scale [n_in] and shift [n_in], and
the first layer sees clamp(x * scale + shift, +-input_clamp). Networks in training get inputs that are normalised and
clamped already; they are of the ``unclamped`` architecture, whose vector is the layers alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

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
    input_clamp: float = 0.0
    """Normalised inputs are clamped to +- this; 0: not clamped, and the flat vector is the layers alone."""

    def __post_init__(self) -> None:
        if len(self.layer_sizes) < 2 or any(size < 1 for size in self.layer_sizes):
            raise ValueError(f"layer_sizes must be two or more positive sizes, got {self.layer_sizes}")
        if self.activation not in ACTIVATIONS:
            raise ValueError(f"activation must be one of {ACTIVATIONS}, got {self.activation!r}")
        if not 0.0 <= self.input_clamp < math.inf:
            raise ValueError(f"input_clamp must be 0 (none) or a positive number, got {self.input_clamp}")

    @property
    def unclamped(self) -> ExpertArchitecture:
        """The same layers on inputs that are normalised and clamped already."""
        return replace(self, input_clamp=0.0) if self.input_clamp else self

    @property
    def n_input_map(self) -> int:
        """Numbers before the first layer: scale and shift of the inputs, or none."""
        return 2 * self.layer_sizes[0] if self.input_clamp else 0

    @property
    def layers(self) -> tuple[tuple[int, int], ...]:
        """(inputs, outputs) of every layer."""
        return tuple(zip(self.layer_sizes[:-1], self.layer_sizes[1:], strict=True))

    @property
    def n_weights(self) -> int:
        """Length of the flat vector."""
        return self.n_input_map + sum((n_in + 1) * n_out for n_in, n_out in self.layers)


def unflatten(weights: Tensor, architecture: ExpertArchitecture) -> list[tuple[Tensor, Tensor]]:
    """Views into flat weights [..., P]: a list of (weight [..., out, in], bias [..., out]), see also ``input_map``.

    Raises:
        ValueError: the last dimension is not the architecture's ``n_weights``.
    """
    if weights.shape[-1] != architecture.n_weights:
        raise ValueError(
            f"an expert of layers {architecture.layer_sizes} has {architecture.n_weights} weights, "
            f"got {weights.shape[-1]}; use the architecture that the weights were generated for"
        )
    sizes = [size for n_in, n_out in architecture.layers for size in (n_in * n_out, n_out)]
    # One split rather than slices: its gradient is written once, a slice's as often as there are slices.
    parts = torch.split(weights, [architecture.n_input_map, *sizes], dim=-1)[1:]
    matrices = (
        part.reshape(*weights.shape[:-1], n_out, n_in)
        for part, (n_in, n_out) in zip(parts[::2], architecture.layers, strict=True)
    )
    return list(zip(matrices, parts[1::2], strict=True))


def input_map(weights: Tensor, architecture: ExpertArchitecture) -> tuple[Tensor, Tensor] | None:
    """Views of scale and shift [..., n_in] of the inputs in flat weights [..., P]; None: the inputs are not clamped."""
    if not architecture.input_clamp:
        return None
    n_in = architecture.layer_sizes[0]
    return weights[..., :n_in], weights[..., n_in : 2 * n_in]


def flatten(layers: Sequence[tuple[Tensor, Tensor]], inputs: tuple[Tensor, Tensor] | None = None) -> Tensor:
    """Inverse of ``unflatten`` and ``input_map``: [..., P]."""
    parts = [part for weight, bias in layers for part in (weight.flatten(-2), bias)]
    return torch.cat((*(inputs or ()), *parts), dim=-1)


def with_input_map(weights: Tensor, architecture: ExpertArchitecture) -> Tensor:
    """Flat weights [..., P] from those of the unclamped network [..., P']: scale 1 and shift 0 where it clamps."""
    if not architecture.input_clamp:
        return weights
    ones = weights.new_ones(*weights.shape[:-1], architecture.layer_sizes[0])
    return torch.cat((ones, 0.0 * ones, weights), dim=-1)


def initial_weights(architecture: ExpertArchitecture) -> Tensor:
    """Flat weights [P] of a freshly initialised network: uniform within 1/sqrt(fan-in), as torch's Linear."""
    parts = []
    for n_in, n_out in architecture.layers:
        parts.append(torch.empty((n_in + 1) * n_out).uniform_(-1.0, 1.0) / math.sqrt(n_in))
    return with_input_map(torch.cat(parts), architecture)


def activate(hidden: Tensor, activation: str) -> Tensor:
    """The expert's nonlinearity."""
    return functional.leaky_relu(hidden, 0.01) if activation == "leaky_relu" else functional.relu(hidden)


def apply_expert(
    weights: Tensor, inputs: Tensor, architecture: ExpertArchitecture, shift: Tensor | None = None
) -> Tensor:
    """Run experts on inputs.

    weights [P] with inputs [..., n_in] shares one expert; weights [B, P] with inputs [B, n_in] gives each row its own,
    with inputs [B, G, n_in] each group of G rows its own.
    shift [..., n_1], if given, is added to the first layer's bias (how a global model takes a code in).
    Returns [..., n_out].
    """
    hidden = _clamped(weights, inputs, architecture)
    layers = unflatten(weights, architecture)
    for index, (weight, bias) in enumerate(layers):
        layer = functional.linear if weights.dim() == 1 else _own_layers
        hidden = layer(hidden, weight, bias)
        if index == 0 and shift is not None:
            hidden = hidden + shift
        if index < len(layers) - 1:
            hidden = activate(hidden, architecture.activation)
    return hidden


def _own_layers(hidden: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Rows [B, in] or groups of rows [B, G, in] through layers [B, out, in], [B, out]."""
    if hidden.dim() == 3:
        return torch.baddbmm(bias.unsqueeze(1), hidden, weight.transpose(1, 2))
    return torch.baddbmm(bias.unsqueeze(-1), weight, hidden.unsqueeze(-1)).squeeze(-1)


def _clamped(weights: Tensor, inputs: Tensor, architecture: ExpertArchitecture) -> Tensor:
    maps = input_map(weights, architecture)
    if maps is None:
        return inputs
    scale, shift = (part.unsqueeze(1) if weights.dim() == 2 and inputs.dim() == 3 else part for part in maps)
    limit = architecture.input_clamp
    return torch.addcmul(shift, inputs, scale).clamp(-limit, limit)


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
    """Fold both normalisations into normalised weights [..., P]; the result maps physical units to physical units.

    That of the inputs goes into the first layer, or into scale and shift where the architecture clamps its inputs.
    """
    layers, maps = unflatten(weights, architecture), input_map(weights, architecture)
    if maps is None:
        weight, bias = layers[0]
        weight = weight / norm.input_std
        layers[0] = (weight, bias - (weight * norm.input_mean).sum(-1))
    else:
        scale = maps[0] / norm.input_std
        maps = scale, maps[1] - scale * norm.input_mean
    weight, bias = layers[-1]
    layers[-1] = (weight * norm.output_std.unsqueeze(-1), bias * norm.output_std + norm.output_mean)
    return flatten(layers, maps)

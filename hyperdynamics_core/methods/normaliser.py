"""What the networks see: features and deltas shifted and scaled to unit deviation on the training data."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from hyperdynamics_core.networks.expert import Normalisation
from hyperdynamics_core.networks.one_row import Prepared, Row, view


class Normaliser(nn.Module):
    """Holds a ``Normalisation`` as buffers, so that it travels with the weights. Identity until ``set`` is called."""

    input_mean: Tensor
    input_std: Tensor
    output_mean: Tensor
    output_std: Tensor

    def __init__(self, n_inputs: int, n_outputs: int, clamp: float = 0.0) -> None:
        """Normalised inputs are clamped to +-clamp; 0: not."""
        super().__init__()
        self.clamp = clamp
        for name, size, value in (("input", n_inputs, 0.0), ("output", n_outputs, 0.0)):
            self.register_buffer(f"{name}_mean", torch.full((size,), value))
            self.register_buffer(f"{name}_std", torch.ones(size))
        self._views = Prepared(self._look, self)

    def set(self, norm: Normalisation) -> None:
        """Take over fitted statistics.

        Raises:
            ValueError: a size differs from the networks', a mean is not finite or a deviation not positive.
        """
        for name, buffer in self.named_buffers():
            value: Tensor = getattr(norm, name)
            if value.shape != buffer.shape:
                raise ValueError(f"{name} has shape {tuple(value.shape)}, the networks take {tuple(buffer.shape)}")
            if not torch.isfinite(value).all() or (name.endswith("std") and (value <= 0).any()):
                raise ValueError(f"{name} must be finite, and deviations positive, got {value.tolist()}")
            buffer.copy_(value)

    @property
    def statistics(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Means and deviations of inputs and outputs."""
        return self.input_mean, self.input_std, self.output_mean, self.output_std

    @property
    def normalisation(self) -> Normalisation:
        """The same as plain tensors."""
        return Normalisation(*self.statistics)

    def inputs(self, features: Tensor) -> Tensor:
        """Physical features [..., n_in] to what the networks see."""
        inputs = (features - self.input_mean) / self.input_std
        return inputs.clamp(-self.clamp, self.clamp) if self.clamp else inputs

    def input_rows(self, features: Row) -> Row:
        """``inputs`` for arrays."""
        mean, deviation = self._views()
        inputs = features - mean
        inputs /= deviation
        return np.minimum(np.maximum(inputs, -self.clamp), self.clamp) if self.clamp else inputs

    def _look(self) -> tuple[Row, Row]:
        return view(self.input_mean), view(self.input_std)

    def outputs(self, delta: Tensor) -> Tensor:
        """Physical deltas [..., n_out] to what the networks predict."""
        return (delta - self.output_mean) / self.output_std

    def physical(self, outputs: Tensor) -> Tensor:
        """Inverse of ``outputs``."""
        return outputs * self.output_std + self.output_mean

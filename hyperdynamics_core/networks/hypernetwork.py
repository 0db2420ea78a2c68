"""The hypernetwork H (section 3): from a code z to all of an expert's weights in a single shot.

Its last layer is linear in the hidden units h, W(z) = sum_j h_j M_j + b, so an expert's layer is
x W(z)^T = sum_j h_j (x M_j^T) + x b^T: where each sample has its own expert (training, pushing rollouts) ``factored``
contracts h with the inputs first and never forms the weights. Same function, several times cheaper.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from hyperdynamics_core.networks.expert import ExpertArchitecture, activate, initial_weights
from hyperdynamics_core.networks.one_row import OneRow, Row

ONE = np.ones(1, dtype=np.float32)


class Hypernetwork(nn.Module):
    """One hidden layer of 16 by default, as in the paper (section 4.1)."""

    def __init__(
        self, n_code: int, architecture: ExpertArchitecture, n_hidden: int = 16, direction_scale: float = 1.0
    ) -> None:
        """Start with generated weights like those of an ordinary network, for any code.

        n_code is z's size. The bias is initialised by the fan-in of the expert's layers, as if it were the expert;
        the n_hidden directions likewise, times direction_scale / sqrt(n_hidden), so that codes change it gently.
        """
        super().__init__()
        self.architecture = architecture
        self.hidden = nn.Linear(n_code, n_hidden)
        scale = direction_scale / n_hidden**0.5
        directions = [initial_weights(architecture) * scale for _ in range(n_hidden)]
        self.basis = nn.Parameter(torch.stack((*directions, initial_weights(architecture))))
        """[n_hidden + 1, P]: the directions M_j, then the bias b."""

    def coefficients(self, code: Tensor) -> Tensor:
        """[B, n_hidden + 1] weights of the basis, the last one 1, from codes z [B, n_code]."""
        hidden = functional.leaky_relu(self.hidden(code), 0.01)
        return functional.pad(hidden, (0, 1), value=1.0)

    def coefficients_of(self, code: Row) -> Row:
        """``coefficients`` [n_hidden + 1] of one code [n_code], without gradients and in a tenth of the time."""
        if self._one_row is None:
            self._one_row = OneRow(nn.Sequential(self.hidden, nn.LeakyReLU(0.01)))
        return np.concatenate((self._one_row(code), ONE))

    _one_row: OneRow | None = None

    def forward(self, code: Tensor) -> Tensor:
        """Flat weights [B, P] from codes z [B, n_code]."""
        return self.coefficients(code) @ self.basis

    def factored(self, code: Tensor, inputs: Tensor) -> Tensor:
        """Outputs [B, n_out] of the experts of codes z [B, n_code] on inputs [B, n_in], without forming weights."""
        coefficients, values, start = self.coefficients(code), inputs, 0
        for index, (n_in, n_out) in enumerate(self.architecture.layers):
            matrices = self.basis[:, start : start + n_in * n_out].reshape(-1, n_in)
            products = functional.linear(values, matrices).view(len(values), -1, n_out)
            bias = coefficients @ self.basis[:, start + n_in * n_out : start + (n_in + 1) * n_out]
            values = torch.baddbmm(bias.unsqueeze(1), coefficients.unsqueeze(1), products).squeeze(1)
            if index < len(self.architecture.layers) - 1:
                values = activate(values, self.architecture.activation)
            start += (n_in + 1) * n_out
        return values

"""Low-rank residual weights around a global model: what HyperDynamics generates, confined to a few directions a layer.

Not in the paper. W_l(z) = W_l + U_l diag(g_l(z)) V_l^T, b_l(z) = b_l + s_l(z): the global model is learned from every
sample, and a code that says nothing leaves it as it is. HyperDynamics' own last layer is a residual around its bias as
well, but one direction for each hidden unit in the space of all weights at once.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn

from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.networks.expert import activate, flatten, initial_weights, unflatten
from hyperdynamics_core.systems.system import System


class LowRank(LearnedMethod):
    """A global network whose layers a code changes by ``config.rank`` directions each."""

    def __init__(
        self, config: MethodConfig, system: System, shape_encoder: nn.Module | None, name: str = "low-rank"
    ) -> None:
        super().__init__(name, config, system, shape_encoder)
        rank, sizes = config.rank, self.network.layer_sizes
        self.expert = nn.Parameter(initial_weights(self.network))
        """[P] flat weights of the global model."""
        self.left = nn.ParameterList(torch.randn(n_out, rank) / rank**0.5 for n_out in sizes[1:])
        """U_l [n_out, rank]."""
        self.right = nn.ParameterList(torch.randn(n_in, rank) / n_in**0.5 for n_in in sizes[:-1])
        """V_l [n_in, rank]."""
        self._parts = [rank] * len(self.network.layers) + list(sizes[1:])
        last = nn.Linear(config.hypernetwork_hidden, sum(self._parts))
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
        first = nn.Linear(self.n_int + self.n_vis, config.hypernetwork_hidden)
        self.gate = nn.Sequential(first, nn.LeakyReLU(0.01), last)
        """z to g_1 ... g_L, s_1 ... s_L; it starts at zero, as the global model."""

    def forward(self, z_int: Tensor, z_vis: Tensor, inputs: Tensor) -> Tensor:
        """See ``LearnedMethod.forward``; weights are not formed."""
        return self._run(self._residual(z_int, z_vis), inputs)

    def expert_function(self, z_int: Tensor, z_vis: Tensor) -> Callable[[Tensor], Tensor]:
        """See ``LearnedMethod.expert_function``; all groups share the global model's products."""
        parts = [part.unsqueeze(1) for part in self._residual(z_int, z_vis)]
        return lambda inputs: self._run(parts, inputs)

    def normalised_weights(self, z_int: Tensor, z_vis: Tensor) -> Tensor:
        """See ``LearnedMethod.normalised_weights``."""
        parts, layers = self._residual(z_int, z_vis), unflatten(self.expert, self.network)
        count, written = len(layers), []
        for (weight, bias), left, right, gate, shift in zip(
            layers, self.left, self.right, parts[:count], parts[count:], strict=True
        ):
            written.append((weight + (left * gate.unsqueeze(-2)) @ right.T, bias + shift))
        return flatten(written)

    def _residual(self, z_int: Tensor, z_vis: Tensor) -> list[Tensor]:
        """g_1 ... g_L [B, rank], s_1 ... s_L [B, n_out]."""
        return list(self.gate(torch.cat((z_int, z_vis), dim=-1)).split(self._parts, dim=-1))

    def _run(self, parts: list[Tensor], inputs: Tensor) -> Tensor:
        layers, hidden = unflatten(self.expert, self.network), inputs
        count = len(layers)
        for index, (weight, bias) in enumerate(layers):
            residual = ((hidden @ self.right[index]) * parts[index]) @ self.left[index].T
            hidden = nn.functional.linear(hidden, weight, bias) + residual + parts[count + index]
            if index < count - 1:
                hidden = activate(hidden, self.architecture.activation)
        return hidden


def n_residual(config: MethodConfig, layer_sizes: tuple[int, ...], n_code: int) -> int:
    """Parameters of a ``LowRank`` beyond its global model's and its encoder's."""
    factors = config.rank * sum(n_in + n_out for n_in, n_out in pairwise(layer_sizes))
    outputs = config.rank * (len(layer_sizes) - 1) + sum(layer_sizes[1:])
    return factors + (n_code + 1) * config.hypernetwork_hidden + (config.hypernetwork_hidden + 1) * outputs

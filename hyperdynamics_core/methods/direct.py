"""Direct (section 4.1): the code is fed to one global model beside state and action."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.networks.expert import apply_expert, initial_weights
from hyperdynamics_core.systems.system import System


class Direct(LearnedMethod):
    """One global network on [s, a, z].

    The code's part of the first layer, W_z z, is a bias as long as the code stays, so Direct also emits flat weights
    of the expert's architecture and travels through the same messages and planner.
    """

    def __init__(
        self, config: MethodConfig, system: System, shape_encoder: nn.Module | None, name: str = "direct"
    ) -> None:
        super().__init__(name, config, system, shape_encoder)
        n_in, n_first = self.architecture.layers[0]
        n_code = self.n_int + self.n_vis
        self.expert = nn.Parameter(initial_weights(self.network))
        """[P] flat weights for the code 0."""
        self.code_weight = nn.Parameter(torch.empty(n_first, n_code).uniform_(-1.0, 1.0) / (n_in + n_code) ** 0.5)
        """W_z [n_1, n_int + n_vis]."""

    def forward(self, z_int: Tensor, z_vis: Tensor, inputs: Tensor) -> Tensor:
        """See ``LearnedMethod.forward``."""
        return apply_expert(self.expert, inputs, self.network, self._shift(z_int, z_vis))

    def expert_function(self, z_int: Tensor, z_vis: Tensor) -> Callable[[Tensor], Tensor]:
        """See ``LearnedMethod.expert_function``."""
        shift = self._shift(z_int, z_vis).unsqueeze(1)
        return lambda inputs: apply_expert(self.expert, inputs, self.network, shift)

    def normalised_weights(self, z_int: Tensor, z_vis: Tensor) -> Tensor:
        """See ``LearnedMethod.normalised_weights``."""
        n_in, n_first = self.architecture.layers[0]
        shift = self._shift(z_int, z_vis)
        weights = self.expert.expand(len(shift), -1).clone()
        weights[:, n_in * n_first : (n_in + 1) * n_first] += shift
        return weights

    def _shift(self, z_int: Tensor, z_vis: Tensor) -> Tensor:
        return torch.cat((z_int, z_vis), dim=-1) @ self.code_weight.T

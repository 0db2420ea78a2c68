"""HyperDynamics (section 3): codes in, a dedicated dynamics model out."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.networks.expert import apply_expert
from hyperdynamics_core.networks.hypernetwork import Hypernetwork
from hyperdynamics_core.systems.system import System


class HyperDynamics(LearnedMethod):
    """F(s, a; H([E_vis(I), E_int(tau)])): equation 1."""

    def __init__(
        self, config: MethodConfig, system: System, shape_encoder: nn.Module | None, name: str = "hyperdynamics"
    ) -> None:
        super().__init__(name, config, system, shape_encoder)
        self.hypernetwork = Hypernetwork(
            self.n_int + self.n_vis, self.network, config.hypernetwork_hidden, config.direction_scale
        )

    def forward(self, z_int: Tensor, z_vis: Tensor, inputs: Tensor) -> Tensor:
        """See ``LearnedMethod.forward``; factored, weights are not formed."""
        return self.hypernetwork.factored(torch.cat((z_int, z_vis), dim=-1), inputs)

    def expert_function(self, z_int: Tensor, z_vis: Tensor) -> Callable[[Tensor], Tensor]:
        """See ``LearnedMethod.expert_function``; an expert that is used several times is written out once."""
        weights = self.normalised_weights(z_int, z_vis)
        return lambda inputs: apply_expert(weights, inputs, self.network)

    def normalised_weights(self, z_int: Tensor, z_vis: Tensor) -> Tensor:
        """See ``LearnedMethod.normalised_weights``."""
        weights: Tensor = self.hypernetwork(torch.cat((z_int, z_vis), dim=-1))
        return weights

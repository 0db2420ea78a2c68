"""XYZ (section 4.1): state and action only."""

from __future__ import annotations

from dataclasses import replace

from torch import Tensor, nn

from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.networks.expert import apply_expert, initial_weights
from hyperdynamics_core.systems.system import System


class XYZ(LearnedMethod):
    """One global expert, blind to shape and hidden physics."""

    def __init__(self, config: MethodConfig, system: System) -> None:
        super().__init__("xyz", replace(config, interaction_encoder="none", n_vis=0), system, None)
        self.expert = nn.Parameter(initial_weights(self.architecture))

    @property
    def n_int(self) -> int:
        """XYZ takes no code."""
        return 0

    def forward(self, z_int: Tensor, z_vis: Tensor, inputs: Tensor) -> Tensor:
        """See ``LearnedMethod.forward``; the codes are empty."""
        return apply_expert(self.expert, inputs, self.architecture)

    def normalised_weights(self, z_int: Tensor, z_vis: Tensor) -> Tensor:
        """See ``LearnedMethod.normalised_weights``: the same expert for all."""
        return self.expert.expand(len(z_int), -1)

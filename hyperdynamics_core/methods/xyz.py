"""XYZ (section 4.1): state and action only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from torch import Tensor, nn

from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.networks.expert import apply_expert, initial_weights
from hyperdynamics_core.systems.system import System


class XYZ(LearnedMethod):
    """One global expert, blind to shape and hidden physics."""

    def __init__(self, config: MethodConfig, system: System, name: str = "xyz") -> None:
        """name: ``xyz`` for pushing; other systems call it ``global``."""
        super().__init__(name, replace(config, interaction_encoder="none", n_vis=0), system, None)
        self.expert = nn.Parameter(initial_weights(self.network))

    @property
    def n_int(self) -> int:
        """XYZ takes no code."""
        return 0

    def forward(self, z_int: Tensor, z_vis: Tensor, inputs: Tensor) -> Tensor:
        """See ``LearnedMethod.forward``; the codes are empty."""
        return apply_expert(self.expert, inputs, self.network)

    def expert_function(self, z_int: Tensor, z_vis: Tensor) -> Callable[[Tensor], Tensor]:
        """See ``LearnedMethod.expert_function``."""
        return lambda inputs: self.forward(z_int, z_vis, inputs)

    def normalised_weights(self, z_int: Tensor, z_vis: Tensor) -> Tensor:
        """See ``LearnedMethod.normalised_weights``: the same expert for all."""
        return self.expert.expand(len(z_int), -1)

"""HyperDynamics (section 3): codes in, a dedicated dynamics model out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn

from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.networks.expert import apply_expert, fold_normalisation, with_input_map
from hyperdynamics_core.networks.hypernetwork import Hypernetwork
from hyperdynamics_core.networks.one_row import Row, view
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
        self._folded: tuple[tuple[int, ...], Tensor] | None = None

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

    def generate(self, z_int: Tensor, z_vis: Tensor) -> Tensor:
        """See ``Method.generate``; one product with a basis that holds the normalisation, so memory is read once."""
        if len(z_int) == 1 and z_int.device.type == "cpu":
            return torch.from_numpy(self._generate_row(view(z_int)[0], view(z_vis)[0]))
        with torch.inference_mode():
            return self.hypernetwork.coefficients(torch.cat((z_int, z_vis), dim=-1)) @ self._folded_basis()

    def _generate_row(self, z_int: Row, z_vis: Row) -> Row:
        """[1, P] in NumPy: a legged robot asks for one expert a hundred times a second."""
        code = np.concatenate((z_int, z_vis)) if self.n_vis else z_int
        return (self.hypernetwork.coefficients_of(code) @ view(self._folded_basis()))[None]

    def _folded_basis(self) -> Tensor:
        """[n_hidden + 1, P]: the hypernetwork's basis, ready for physical units.

        Folding is affine in the weights, so each row is folded by itself, the constant parts with the bias alone. Made
        again when weights or statistics have changed.
        """
        parts = (self.hypernetwork.basis, *self.normaliser.statistics)
        versions = tuple([part._version for part in parts])
        if self._folded is None or self._folded[0] != versions:
            with torch.inference_mode():
                self._folded = versions, self._fold(self.hypernetwork.basis.detach())
        return self._folded[1]

    def _fold(self, basis: Tensor) -> Tensor:
        norm, rows = self.normaliser.normalisation, with_input_map(basis, self.architecture)
        plain = replace(norm, output_mean=torch.zeros_like(norm.output_mean))
        directions = fold_normalisation(rows[:-1], self.architecture, plain)
        directions[:, : self.architecture.n_input_map] = 0.0
        return torch.cat((directions, fold_normalisation(rows[-1:], self.architecture, norm)))

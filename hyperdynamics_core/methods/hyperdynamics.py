"""HyperDynamics (section 3): codes in, a dedicated dynamics model out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor, nn

from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.networks.expert import apply_expert, fold_normalisation, with_input_map
from hyperdynamics_core.networks.hypernetwork import Hypernetwork
from hyperdynamics_core.networks.one_row import Prepared, view
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
        self._folded_basis = Prepared(self._fold, self.hypernetwork, self.normaliser)

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
            code = torch.cat((z_int, z_vis), dim=-1) if self.n_vis else z_int
            return torch.from_numpy(self.hypernetwork.coefficients_of(view(code)[0]) @ view(self._folded_basis()))[None]
        with torch.inference_mode():
            return self.hypernetwork.coefficients(torch.cat((z_int, z_vis), dim=-1)) @ self._folded_basis()

    @torch.inference_mode()
    def _fold(self) -> Tensor:
        """[n_hidden + 1, P]: the hypernetwork's basis, ready for physical units.

        Folding is affine in the weights, so each row is folded by itself, the constant parts with the bias alone.
        """
        norm, rows = self.normaliser.normalisation, with_input_map(self.hypernetwork.basis.detach(), self.architecture)
        plain = replace(norm, output_mean=torch.zeros_like(norm.output_mean))
        directions = fold_normalisation(rows[:-1], self.architecture, plain)
        directions[:, : self.architecture.n_input_map] = 0.0
        return torch.cat((directions, fold_normalisation(rows[-1:], self.architecture, norm)))

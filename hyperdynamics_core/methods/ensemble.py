"""Several members instead of one: hypernetworks that learned the same episodes from different beginnings.

Not in the paper. A planner takes the best of hundreds of predicted returns, and so what a model overrates; members that
began differently overrate different sequences, and a mean over them hardly any. Each member encodes and generates for
itself: z_int is their codes side by side, and the bank holds an expert of each (``planning.ensemble_rollout``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import torch
from torch import Tensor, nn

from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.methods.context import Context
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.methods.normaliser import Normaliser
from hyperdynamics_core.networks.expert import Normalisation
from hyperdynamics_core.systems.system import System


class Ensemble(LearnedMethod):
    """``config.members`` methods of one kind, for systems that are not seen."""

    def __init__(
        self, name: str, config: MethodConfig, system: System, make: Callable[[MethodConfig, System], LearnedMethod]
    ) -> None:
        """make: builds an untrained member."""
        super().__init__(name, replace(config, interaction_encoder="none"), system, None)
        self.config = self.requested_config = config
        self.members = nn.ModuleList(make(config, system) for _ in range(config.members))
        self.normaliser = _CommonNormaliser(self.normaliser, [member.normaliser for member in self])

    def __iter__(self) -> Iterator[LearnedMethod]:
        """The members."""
        yield from self.members  # type: ignore[misc]  # a ModuleList forgets what its modules are

    def parts(self) -> tuple[LearnedMethod, ...]:
        """See ``LearnedMethod.parts``."""
        return tuple(self)

    @property
    def n_int(self) -> int:
        """Size of all members' z_int together."""
        return sum(member.n_int for member in self)

    def encode_interactions(self, context: Context) -> Tensor:
        """See ``Method.encode_interactions``."""
        return torch.cat([member.encode_interactions(context) for member in self])

    def interaction_code(self, features: Tensor, differences: Tensor, mask: Tensor | None = None) -> Tensor:
        """See ``LearnedMethod.interaction_code``."""
        return torch.cat([member.interaction_code(features, differences, mask) for member in self], dim=-1)

    def generate(self, z_int: Tensor, z_vis: Tensor) -> Tensor:
        """Flat weights [members, P] from one code [1, n_int].

        Raises:
            ValueError: several codes.
        """
        if len(z_int) != 1:
            raise ValueError(f"{self.name} generates the experts of one code at a time, got {len(z_int)}")
        return torch.cat([member.generate(code, z_vis) for member, code in self._each(z_int)])

    def normalised_weights(self, z_int: Tensor, z_vis: Tensor) -> Tensor:
        """[members B, P], see ``LearnedMethod.normalised_weights``."""
        return torch.cat([member.normalised_weights(code, z_vis) for member, code in self._each(z_int)])

    def forward(self, z_int: Tensor, z_vis: Tensor, inputs: Tensor) -> Tensor:
        """Mean of the members' predictions, see ``LearnedMethod.forward``."""
        return torch.stack([member(code, z_vis, inputs) for member, code in self._each(z_int)]).mean(0)

    def expert_function(self, z_int: Tensor, z_vis: Tensor) -> Callable[[Tensor], Tensor]:
        """Mean of the members' predictions, see ``LearnedMethod.expert_function``."""
        experts = [member.expert_function(code, z_vis) for member, code in self._each(z_int)]
        return lambda inputs: torch.stack([expert(inputs) for expert in experts]).mean(0)

    def _each(self, z_int: Tensor) -> Iterator[tuple[LearnedMethod, Tensor]]:
        """The members with their own codes [..., n_int of one]."""
        yield from zip(self, torch.split(z_int, [member.n_int for member in self], dim=-1), strict=True)


class _CommonNormaliser(Normaliser):
    """Statistics that all members take over: they learn from the same episodes."""

    def __init__(self, own: Normaliser, members: list[Normaliser]) -> None:
        super().__init__(len(own.input_mean), len(own.output_mean), own.clamp)
        self._members = tuple(members)

    def set(self, norm: Normalisation) -> None:
        """See ``Normaliser.set``."""
        super().set(norm)
        for member in self._members:
            member.set(norm)

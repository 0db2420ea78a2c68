"""The code of a method that is told the hidden values: an upper reference for what an encoder can infer."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from hyperdynamics_core.systems.legged import LeggedSystem
from hyperdynamics_core.systems.system import System


def truth_choices(hidden_names: Sequence[str], system: System) -> tuple[int, ...]:
    """What each hidden value is, for ``MethodConfig.truth_choices``: the number of a joint, or an ordinary number."""
    joints = len(system.joint_names) if isinstance(system, LeggedSystem) else 0
    return tuple(joints if name.endswith("_joint") else 0 for name in hidden_names)


def truth_size(choices: Sequence[int]) -> int:
    """Size of the code for hidden values of these choices."""
    return sum(max(1, count) for count in choices)


class TruthCode(nn.Module):
    """Numbers are shifted and scaled to unit deviation (not before ``set``), choices become one unit vector each."""

    mean: Tensor
    std: Tensor

    def __init__(self, choices: Sequence[int]) -> None:
        """choices: for each hidden value 0 (a number) or c (one of 0 ... c - 1; any other means none of them)."""
        super().__init__()
        self.choices = tuple(choices)
        self.register_buffer("mean", torch.zeros(len(self.choices)))
        self.register_buffer("std", torch.ones(len(self.choices)))

    def set(self, values: Tensor) -> None:
        """Fit to the training data's hidden values [N, n_truth]; a number that never varies becomes a constant 0.

        Raises:
            ValueError: another number of values, or some that are not finite.
        """
        self._check(values)
        std, mean = torch.std_mean(values.double(), dim=0, correction=0)
        self.mean.copy_(mean)
        self.std.copy_(torch.where(std > 1e-6, std, 1.0))

    def forward(self, values: Tensor) -> Tensor:
        """Codes [..., truth_size] of hidden values [..., n_truth].

        Raises:
            ValueError: another number of values, or some that are not finite.
        """
        self._check(values)
        scaled, parts = (values - self.mean) / self.std, []
        for index, count in enumerate(self.choices):
            part = scaled[..., index : index + 1]
            if count:
                part = (values[..., index : index + 1].round() == torch.arange(count)).to(values)
            parts.append(part)
        return torch.cat(parts, dim=-1)

    def _check(self, values: Tensor) -> None:
        if values.shape[-1] != len(self.choices) or not torch.isfinite(values).all():
            raise ValueError(
                f"the method is told {len(self.choices)} finite hidden values, got shape {tuple(values.shape)}"
                f"{'' if torch.isfinite(values).all() else ' with NaN or infinity'}"
            )

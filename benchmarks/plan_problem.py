"""The problem of `plan`: an expert, a state and candidates."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from benchmarks.interleaved import Output
from hyperdynamics_core.methods.experts import ExpertBank
from hyperdynamics_core.networks.expert import ExpertArchitecture, initial_weights
from hyperdynamics_core.systems.legged import LEGGED, LeggedSystem

HIDDEN = 128


@dataclass(frozen=True)
class Options(Output):
    """A locomotion plan: candidates unrolled through one expert."""

    robot: str = "cheetah"
    """cheetah or ant."""
    candidates: int = 500
    """Sequences."""
    horizon: int = 20
    """Steps of a sequence."""
    rounds: int = 30
    """Runs of every variant."""
    clamp: float = 5.0
    """Of the expert's inputs, in their standard deviations; 0: none."""


@dataclass(frozen=True)
class Problem:
    """One plan's inputs."""

    system: LeggedSystem
    experts: ExpertBank
    state: Tensor
    """[n_s]."""
    actions: Tensor
    """[K, H, n_a]."""

    @property
    def flops(self) -> float:
        """Multiplications and additions of the layers."""
        per_step = sum(n_in * n_out for n_in, n_out in self.experts.architecture.layers)
        return 2.0 * self.actions.shape[0] * self.actions.shape[1] * per_step


def make_problem(options: Options) -> Problem:
    """A random expert that stays tame over the horizon.

    Raises:
        ValueError: an unknown robot.
    """
    if options.robot not in LEGGED:
        raise ValueError(f"robot must be one of {', '.join(LEGGED)}, got {options.robot!r}")
    system = LEGGED[options.robot]
    torch.manual_seed(0)
    n_in, n_out = len(system.feature_dimensions), len(system.delta_dimensions)
    architecture = ExpertArchitecture((n_in, HIDDEN, HIDDEN, n_out), input_clamp=options.clamp)
    experts = ExpertBank(system, architecture, 0.5 * initial_weights(architecture).unsqueeze(0), torch.zeros(1))
    state = 0.1 * torch.randn(n_out)
    if system.orientation is not None:
        state[system.orientation] = torch.tensor([0.0, 0.0, 0.0, 1.0])
    actions = torch.rand(options.candidates, options.horizon, len(system.action_dimensions)) * 2.0 - 1.0
    return Problem(system, experts, state, actions)

"""From a history to ready weights, messages included: what the encoder and the hypernetwork do at every time step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from benchmarks.comparison import Comparison, check_close, compare
from benchmarks.interleaved import Output
from hyperdynamics_core.methods.config import locomotion_sizes
from hyperdynamics_core.methods.context import Context, Interactions
from hyperdynamics_core.methods.hyperdynamics import HyperDynamics
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.networks.expert import Normalisation
from hyperdynamics_core.systems.legged import LEGGED, LeggedSystem

TOLERANCE = 1e-4


@dataclass(frozen=True)
class Options(Output):
    """From a history of 16 steps to ready weights, as a message."""

    robot: str = "cheetah"
    """cheetah or ant."""
    rounds: int = 200
    """Runs of every variant."""


def problem(robot: str) -> tuple[HyperDynamics, Interactions]:
    """An untrained method of the paper's sizes and a made-up history.

    Raises:
        ValueError: an unknown robot.
    """
    if robot not in LEGGED:
        raise ValueError(f"robot must be one of {', '.join(LEGGED)}, got {robot!r}")
    system = LEGGED[robot]
    torch.manual_seed(0)
    method = HyperDynamics(locomotion_sizes(), system, None).eval()
    n_in, n_out = len(system.feature_dimensions), len(system.delta_dimensions)
    method.normaliser.set(
        Normalisation(torch.randn(n_in), 0.5 + torch.rand(n_in), 0.1 * torch.randn(n_out), 0.1 + torch.rand(n_out))
    )
    return method, _history(system)


def _history(system: LeggedSystem) -> Interactions:
    states = 0.1 * torch.randn(17, len(system.state_dimensions))
    if system.orientation is not None:
        states[:, system.orientation] = torch.tensor([0.0, 0.0, 0.0, 1.0])
    return Interactions(states[:-1], torch.rand(16, len(system.action_dimensions)) * 2 - 1, states[1:])


def ways(method: HyperDynamics, z_int: Tensor) -> dict[str, Callable[[], Tensor]]:
    """Ways from a code [1, n_int] to weights [1, P] that are ready for physical units."""
    empty = torch.zeros(1, 0)
    return {
        "weights, then fold normalisation": lambda: LearnedMethod.generate(method, z_int, empty),
        "one product with the folded basis": lambda: method.generate(z_int, empty),
    }


def run(options: Options) -> dict[str, Any]:
    """Check that both ways agree, then time them and every part of the way from message to message."""
    from hyperdynamics_ros.conversions.experts import expert_message, history_message, interactions_from

    torch.set_num_threads(1)
    method, interactions = problem(options.robot)
    context = Context(interactions, None)
    z_int = method.encode_interactions(context).unsqueeze(0)
    found = ways(method, z_int)
    differences = check_close(found, TOLERANCE)
    bank, said = method.bank(context), history_message(method.system, interactions, 10**9)
    basis = method.hypernetwork.basis.detach()

    def whole() -> Any:
        known = Context(interactions_from(said), None)
        return expert_message(method.bank(known), 10**9, z_int[0])

    parts = {
        "history message to weights message": whole,
        "  message to history": lambda: interactions_from(said),
        "  encode the history": lambda: method.encode_interactions(context),
        "  weights to message, with checksum": lambda: expert_message(bank, 10**9, z_int[0]),
        "reading the basis once (memory's floor)": lambda: basis.sum(),
    }
    title = f"{options.robot}: {bank.weights.shape[1]} weights from a history of 16 steps, one thread"
    return compare(Comparison(title, {**found, **parts}, notes={"greatest difference": max(differences.values())}),
                   options.rounds)  # fmt: skip

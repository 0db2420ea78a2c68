"""What a user would pick instead; `pip install pytorch-mppi` puts it into the table, nothing of ours needs it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

import torch
from torch import Tensor

from benchmarks.plan_problem import Problem
from hyperdynamics_core.networks.expert import apply_expert


def installed() -> bool:
    """Whether pytorch_mppi can be imported."""
    return importlib.util.find_spec("pytorch_mppi") is not None


def pytorch_mppi(problem: Problem, dtype: torch.dtype) -> Callable[[], object]:
    """One command of its MPPI with the same expert, candidates and horizon; the cost is minus our reward."""
    from pytorch_mppi import MPPI  # type: ignore[import-not-found, import-untyped, unused-ignore]

    system, gait = problem.system, problem.system.gait
    weights, architecture = problem.experts.weights[0].to(dtype), problem.experts.architecture
    n_a = len(system.action_dimensions)

    def dynamics(state: Tensor, action: Tensor) -> Tensor:
        return system.compose(state, apply_expert(weights, system.features(state, action), architecture))

    def cost(state: Tensor, action: Tensor) -> Tensor:
        return gait.control_cost * action.square().sum(-1) - state[..., 0] / system.dt

    planner = MPPI(
        dynamics, cost, problem.state.shape[0], torch.eye(n_a, dtype=dtype) * 0.36,
        num_samples=problem.actions.shape[0], horizon=problem.actions.shape[1], lambda_=1.0,
        u_min=-torch.ones(n_a, dtype=dtype), u_max=torch.ones(n_a, dtype=dtype),
    )  # fmt: skip
    state = problem.state.to(dtype)
    return lambda: planner.command(state)

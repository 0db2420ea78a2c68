"""What a user would pick instead; `pip install pytorch-mppi mbrl` puts them into the table, ours needs none of them."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

import torch
from torch import Tensor

from benchmarks.plan_problem import Problem
from hyperdynamics_core.networks.expert import apply_expert

NAMES = ("pytorch_mppi", "mbrl")


def installed(name: str) -> bool:
    """Whether one of ``NAMES`` can be imported."""
    return importlib.util.find_spec(name) is not None


def competitors(problem: Problem) -> dict[str, Callable[[], object]]:
    """What is installed of them, with the same expert, candidates and horizon."""
    found: dict[str, Callable[[], object]] = {}
    if installed("pytorch_mppi"):
        found["pytorch_mppi"] = pytorch_mppi(problem, torch.float32)
        found["pytorch_mppi, float64"] = pytorch_mppi(problem, torch.float64)
    if installed("mbrl"):
        found["mbrl CEM, one iteration"] = mbrl_cem(problem)
    return found


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


def mbrl_cem(problem: Problem) -> Callable[[], object]:
    """One iteration of its cross-entropy method; sequences are judged by our expert and reward, as its users would."""
    from mbrl.planning import CEMOptimizer  # type: ignore[import-not-found, import-untyped, unused-ignore]

    system, experts = problem.system, problem.experts
    count, horizon, n_a = problem.actions.shape
    bounds = [[-1.0] * n_a] * horizon, [[1.0] * n_a] * horizon
    planner = CEMOptimizer(1, 0.1, count, *bounds, alpha=0.1, device=torch.device("cpu"))

    def returns(actions: Tensor) -> Tensor:
        states = [problem.state.expand(len(actions), -1)]
        for step in range(horizon):
            states.append(system.compose(states[-1], experts.predict(states[-1], actions[:, step])))
        return system.total_reward(torch.stack(states, 1), actions)

    start = torch.zeros(horizon, n_a)
    return lambda: planner.optimize(returns, x0=start)

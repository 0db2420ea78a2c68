"""Unrolls one expert over many action sequences at once in PyTorch: what ``NativeRollout`` is held against.

Weights are taken apart once a plan and all intermediate results live in buffers that are kept, so that the time goes
into the matrix products.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from hyperdynamics_core.methods.experts import ExpertBank
from hyperdynamics_core.networks.expert import input_map, unflatten
from hyperdynamics_core.systems.legged import LeggedSystem


class ExpertRollout:
    """Predicted states and returns of action sequences; results are valid until the next call."""

    def __init__(self, system: LeggedSystem, horizon: int, keep_all: bool = True) -> None:
        """keep_all: see ``make_rollout``."""
        self.system, self.horizon, self.keep_all = system, horizon, keep_all
        self._room = 0
        self._states = torch.empty(0)
        self._actions = torch.empty(0)
        self._hidden: list[Tensor] = []

    @torch.inference_mode()
    def __call__(self, state: Tensor, actions: Tensor, experts: ExpertBank) -> tuple[Tensor, Tensor]:
        """See ``Rollout``."""
        check_rollout(self.system, self.horizon, state, actions, experts)
        candidates = len(actions)
        self._make_room(candidates, experts)
        states = self._states[:, :candidates]
        states[0] = state
        taken = self._actions[:, :candidates]
        taken.copy_(actions.transpose(0, 1))
        self._unroll(states, taken, experts, candidates)
        returns = self.system.total_reward(states.transpose(0, 1), actions)
        finite = torch.isfinite(returns) & torch.isfinite(states[-1]).all(-1)
        return states if self.keep_all else states[:: self.horizon], torch.where(finite, returns, -torch.inf)

    def _unroll(self, states: Tensor, actions: Tensor, experts: ExpertBank, candidates: int) -> None:
        system, architecture = self.system, experts.architecture
        n_seen = len(system.state_dimensions) - system.n_unseen
        layers = [(weight.t(), bias) for weight, bias in unflatten(experts.weights[0], architecture)]
        hidden = [buffer[:candidates] for buffer in self._hidden]
        inputs, outputs = hidden[0], hidden[-1]
        seen, tail = inputs[:, :n_seen], inputs[:, n_seen:]
        slope = 0.01 if architecture.activation == "leaky_relu" else 0.0
        clamp, maps = architecture.input_clamp, input_map(experts.weights[0], architecture)
        for step in range(self.horizon):
            now = states[step]
            seen.copy_(now[:, system.n_unseen :])
            tail.copy_(actions[step])
            if maps is not None:
                torch.addcmul(maps[1], inputs, maps[0], out=inputs)
                inputs.clamp_(-clamp, clamp)
            for (weight, bias), before, after in zip(layers, hidden[:-1], hidden[1:], strict=True):
                torch.addmm(bias, before, weight, out=after)
                if after is not outputs:
                    functional.leaky_relu_(after, slope)
            torch.add(now, outputs, out=states[step + 1])
            if system.orientation is not None:
                quaternion = states[step + 1][:, system.orientation]
                quaternion.div_(quaternion.norm(dim=-1, keepdim=True).clamp_min_(1e-12))

    def _make_room(self, candidates: int, experts: ExpertBank) -> None:
        sizes = experts.architecture.layer_sizes
        if candidates <= self._room and [buffer.shape[1] for buffer in self._hidden] == list(sizes):
            return
        self._room = max(candidates, self._room)
        self._states = torch.empty(self.horizon + 1, self._room, len(self.system.state_dimensions))
        self._actions = torch.empty(self.horizon, self._room, len(self.system.action_dimensions))
        self._hidden = [torch.empty(self._room, size) for size in sizes]


def check_rollout(system: LeggedSystem, horizon: int, state: Tensor, actions: Tensor, experts: ExpertBank) -> None:
    """Raises:
    ValueError: experts of another system or of other sizes, several experts, or a state or actions of another shape.
    """
    if experts.system.name != system.name:
        raise ValueError(f"the expert is of system {experts.system.name!r}, but the planner is of "
                         f"{system.name!r}; use a model of this robot")  # fmt: skip
    if len(experts.weights) != 1:
        raise ValueError(f"legged systems plan with one expert, got a bank of {len(experts.weights)}")
    sizes = experts.architecture.layer_sizes
    ends = (len(system.feature_dimensions), len(system.delta_dimensions))
    if (sizes[0], sizes[-1]) != ends:
        raise ValueError(f"an expert of {system.name} has {ends[0]} inputs and {ends[1]} outputs, got layers {sizes}")
    if experts.weights.shape[1] != experts.architecture.n_weights:
        raise ValueError(f"an expert of layers {sizes} has {experts.architecture.n_weights} weights, "
                         f"got {experts.weights.shape[1]}")  # fmt: skip
    if tuple(state.shape) != (len(system.state_dimensions),):
        raise ValueError(f"a state of {system.name} must be [{len(system.state_dimensions)}], got {tuple(state.shape)}")
    wanted = (horizon, len(system.action_dimensions))
    if actions.dim() != 3 or tuple(actions.shape[1:]) != wanted or len(actions) < 1:
        raise ValueError(f"actions must be [candidates, {wanted[0]}, {wanted[1]}], got {tuple(actions.shape)}")

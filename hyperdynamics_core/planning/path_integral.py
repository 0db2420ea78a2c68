"""Model predictive path integral control (Williams et al., 2017): the plan is a weighted mean of noisy sequences."""

from __future__ import annotations

import torch
from torch import Tensor

from hyperdynamics_core.methods.experts import ExpertBank
from hyperdynamics_core.planning.action_noise import coloured_noise
from hyperdynamics_core.planning.sequence_rollout import make_rollout
from hyperdynamics_core.planning.sequences import ActionPlan, SequencePlannerConfig, best_of, shift
from hyperdynamics_core.systems.legged import LeggedSystem


class PathIntegral:
    """A ``SequencePlanner`` that starts from its last plan, moved on by one step."""

    def __init__(self, system: LeggedSystem, generator: torch.Generator, config: SequencePlannerConfig) -> None:
        self.generator, self.config, self.candidates = generator, config, config.candidates
        self._n_actions = len(system.action_dimensions)
        self._rollout = make_rollout(
            system, config.horizon, keep_all=False, upright=config.upright, shortlist=config.shortlist
        )
        self._check = make_rollout(system, config.horizon, upright=config.upright, shortlist=config.shortlist)
        self.reset()

    def reset(self) -> None:
        """See ``SequencePlanner.reset``."""
        self._mean = torch.zeros(self.config.horizon, self._n_actions)

    @torch.inference_mode()
    def plan(self, state: Tensor, experts: ExpertBank) -> ActionPlan:
        """See ``SequencePlanner.plan``. Returns are standardised, so the temperature knows no units."""
        config, mean, lost = self.config, shift(self._mean), 0
        count = max(2, self.candidates // config.iterations)
        for _ in range(config.iterations):
            noise = coloured_noise(count, config.horizon, self._n_actions, config.exponent, self.generator)
            actions = noise.mul_(config.deviation * config.limit).add_(mean).clamp_(-config.limit, config.limit)
            actions[0] = mean
            _, returns = self._rollout(state, actions, experts)
            lost += int(torch.isneginf(returns).sum())
            mean = self._weighted(actions, returns, mean)
        self._mean = mean
        plan = best_of(*self._followed(state, mean, experts), total=count * config.iterations)
        return plan if not plan.usable else ActionPlan(
            plan.actions, plan.states, plan.total_reward, plan.candidates, lost
        )  # fmt: skip

    def _followed(self, state: Tensor, mean: Tensor, experts: ExpertBank) -> tuple[Tensor, Tensor, Tensor]:
        """The mean's own prediction: states [H + 1, 1, n_s], actions [1, H, n_a], return [1]."""
        states, returns = self._check(state, mean.unsqueeze(0), experts)
        return states, mean.unsqueeze(0), returns

    def _weighted(self, actions: Tensor, returns: Tensor, mean: Tensor) -> Tensor:
        finite = ~torch.isneginf(returns)
        if not bool(finite.any()):
            return mean
        kept = returns[finite]
        spread = kept.std(unbiased=False).clamp_min(1e-6)
        weights = torch.softmax((kept - kept.max()) / (spread * self.config.temperature), dim=0)
        return torch.einsum("k,kha->ha", weights, actions[finite])

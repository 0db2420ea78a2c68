"""The cross-entropy method with warm start, coloured noise and elites that stay (as iCEM; Pinneri et al., 2020)."""

from __future__ import annotations

import torch
from torch import Tensor

from hyperdynamics_core.methods.experts import ExpertBank
from hyperdynamics_core.planning.action_noise import coloured_noise
from hyperdynamics_core.planning.sequence_rollout import make_rollout
from hyperdynamics_core.planning.sequences import ActionPlan, SequencePlannerConfig, best_of, shift
from hyperdynamics_core.systems.legged import LeggedSystem


class CrossEntropy:
    """A ``SequencePlanner`` that starts from its last plan, moved on by one step."""

    def __init__(self, system: LeggedSystem, generator: torch.Generator, config: SequencePlannerConfig) -> None:
        self.generator, self.config, self.candidates = generator, config, config.candidates
        self._n_actions = len(system.action_dimensions)
        self._rollout = make_rollout(system, config.horizon, upright=config.upright, shortlist=config.shortlist)
        self.reset()

    def reset(self) -> None:
        """See ``SequencePlanner.reset``."""
        self._mean = torch.zeros(self.config.horizon, self._n_actions)
        self._kept = torch.zeros(0, self.config.horizon, self._n_actions)

    @torch.inference_mode()
    def plan(self, state: Tensor, experts: ExpertBank) -> ActionPlan:
        """See ``SequencePlanner.plan``."""
        config = self.config
        mean, kept = shift(self._mean), shift(self._kept)
        deviation = torch.full_like(mean, config.deviation * config.limit)
        best: ActionPlan | None = None
        lost = 0
        for iteration in range(config.iterations):
            last = iteration == config.iterations - 1
            actions = self._draw(mean, deviation, kept, last)
            states, returns = self._rollout(state, actions, experts)
            plan = best_of(states, actions, returns)
            best = plan if best is None or plan.total_reward > best.total_reward else best
            lost += plan.non_finite
            elites = self._elites(actions, returns)
            mean, deviation = self._refit(mean, deviation, elites)
            kept = elites[: int(config.kept * len(elites))]
        assert best is not None
        self._mean, self._kept = mean, kept
        return ActionPlan(best.actions, best.states, best.total_reward, self._per_iteration * config.iterations, lost)

    @property
    def _per_iteration(self) -> int:
        return max(2, self.candidates // self.config.iterations)

    def _draw(self, mean: Tensor, deviation: Tensor, kept: Tensor, with_mean: bool) -> Tensor:
        """Kept elites, the mean itself if asked for, and fresh sequences: [K, H, n_a] altogether."""
        config = self.config
        old = torch.cat((kept, mean.unsqueeze(0))) if with_mean else kept
        old = old[: self._per_iteration - 1]
        fresh = self._per_iteration - len(old)
        noise = coloured_noise(fresh, config.horizon, self._n_actions, config.exponent, self.generator)
        return torch.cat((noise.mul_(deviation).add_(mean).clamp_(-config.limit, config.limit), old))

    def _elites(self, actions: Tensor, returns: Tensor) -> Tensor:
        """The best sequences [E, H, n_a], best first; none whose prediction was not finite."""
        count = min(max(2, round(self.config.elites * len(actions))), int((~torch.isneginf(returns)).sum()))
        return actions[returns.topk(count).indices]

    def _refit(self, mean: Tensor, deviation: Tensor, elites: Tensor) -> tuple[Tensor, Tensor]:
        if len(elites) < 2:
            return mean, deviation
        old = self.config.momentum
        return (
            old * mean + (1.0 - old) * elites.mean(0),
            old * deviation + (1.0 - old) * elites.std(0, unbiased=False),
        )

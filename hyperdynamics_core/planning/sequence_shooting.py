"""Random shooting over torques (section 3.3, appendix B): draw 500 sequences of 20 actions, take the best."""

from __future__ import annotations

import torch
from torch import Tensor

from hyperdynamics_core.methods.experts import ExpertBank
from hyperdynamics_core.planning.action_noise import uniform_sequences
from hyperdynamics_core.planning.sequence_rollout import make_rollout
from hyperdynamics_core.planning.sequences import ActionPlan, SequencePlannerConfig, best_of, shift
from hyperdynamics_core.systems.legged import LeggedSystem


class SequenceShooting:
    """A ``SequencePlanner`` without memory, as the paper has it, unless it keeps its last plan."""

    def __init__(self, system: LeggedSystem, generator: torch.Generator, config: SequencePlannerConfig) -> None:
        self.generator, self.config, self.candidates = generator, config, config.candidates
        self._n_actions = len(system.action_dimensions)
        self._rollout = make_rollout(system, config.horizon, upright=config.upright, shortlist=config.shortlist)
        self._last: Tensor | None = None

    @torch.inference_mode()
    def plan(self, state: Tensor, experts: ExpertBank) -> ActionPlan:
        """See ``SequencePlanner.plan``."""
        config = self.config
        actions = uniform_sequences(self.candidates, config.horizon, self._n_actions, config.hold, self.generator)
        actions.mul_(config.limit)
        if self._last is not None:
            actions[0] = shift(self._last)
        states, returns = self._rollout(state, actions, experts)
        plan = best_of(states, actions, returns)
        self._last = plan.actions if config.keep and plan.usable else None
        return plan

    def reset(self) -> None:
        """See ``SequencePlanner.reset``."""
        self._last = None

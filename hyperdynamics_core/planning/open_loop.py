"""Plans carried out for several steps before the next one is made (open loop).

For collecting, not for walking well: with a new plan at every step only first actions are ever carried out, so that no
data show what the rest of a plan would have done, and the model stays wrong about just what planners pick
(docs/locomotion_training.md, "A loss over several steps, and plans seen through").
"""

from __future__ import annotations

from dataclasses import replace

from torch import Tensor

from hyperdynamics_core.methods.experts import ExpertBank
from hyperdynamics_core.planning.sequences import ActionPlan, SequencePlanner


class OpenLoop:
    """A planner whose plans last; a ``SequencePlanner`` itself."""

    def __init__(self, planner: SequencePlanner, every: int) -> None:
        """every: steps that a plan is carried out for, one plan's horizon at most whatever is asked.

        Raises:
            ValueError: every is below 1.
        """
        if every < 1:
            raise ValueError(f"a plan is carried out for at least 1 step, got {every}")
        self._planner, self._every = planner, every
        self._plan: ActionPlan | None = None
        self._done = 0

    @property
    def candidates(self) -> int:
        """Sequences unrolled in one plan."""
        return self._planner.candidates

    @candidates.setter
    def candidates(self, count: int) -> None:
        self._planner.candidates = count

    def plan(self, state: Tensor, experts: ExpertBank) -> ActionPlan:
        """The rest of the plan [H - done, n_a] while it lasts, else a new one from state [n_s]. One that is not usable
        does not last.

        Of a rest, ``total_reward`` is still the whole plan's.

        Raises:
            ValueError: as the planner does, when it is asked.
        """
        plan = self._plan
        if plan is None or not plan.usable or self._done == min(self._every, len(plan.actions)):
            plan, self._done = self._planner.plan(state, experts), 0
        self._plan = plan
        rest = replace(plan, actions=plan.actions[self._done :], states=plan.states[self._done :])
        self._done += 1
        return rest

    def reset(self) -> None:
        """Forget the plan: a new episode begins."""
        self._planner.reset()
        self._plan = None

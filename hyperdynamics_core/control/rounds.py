"""Planning in rounds: with the full margins first, then with ever smaller ones, until a plan gets on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hyperdynamics_core.planning.problem import Plan, Planner, PlanningProblem


@dataclass(frozen=True)
class RoundsConfig:
    """How long it goes on and what counts as a good plan."""

    cautions: tuple[float, ...] = (1.0, 1.0, 1.0, 0.7, 0.7, 0.4, 0.1)
    """Factors on the planner's margins in successive rounds, until a plan keeps the rules and gets on."""
    least_progress: float = 0.01
    """A plan that shortens the way to the goal by less a push is only taken if no round finds a better one, m."""
    caution_value: float = 0.01
    """Progress that full caution is worth when such plans are compared, m."""

    def __post_init__(self) -> None:
        if not self.cautions or not all(0.0 <= caution <= 1.0 for caution in self.cautions):
            raise ValueError(f"planning needs one caution or more, each from 0 to 1, got {self.cautions}")


def plan_in_rounds(planner: Planner, problems: Sequence[PlanningProblem], config: RoundsConfig) -> Plan:
    """The first plan that keeps the rules and gets on; else the best of all rounds.

    Args:
        planner: asked once a round.
        problems: what it is asked, round by round (the last one over and over), whatever their caution.
        config: the rounds.

    Raises:
        ValueError: no problem.
    """
    if not problems:
        raise ValueError("planning in rounds needs a problem; give one at least")
    plans: list[tuple[tuple[bool, float], Plan]] = []
    for number, caution in enumerate(config.cautions):
        problem = problems[min(number, len(problems) - 1)]
        plan = planner.plan(replace(problem, caution=caution))
        if plan.feasible and plan.progress >= config.least_progress:
            return plan
        score = plan.progress + config.caution_value * caution if math.isfinite(plan.progress) else -math.inf
        plans.append(((plan.feasible, score), plan))
    return max(plans, key=lambda scored: scored[0])[1]

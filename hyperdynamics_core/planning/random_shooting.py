"""Random shooting (section 3.3): draw sequences, unroll the experts, take the best, push once, plan again."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from hyperdynamics_core.planning.coasting import at_rest, resting_positions
from hyperdynamics_core.planning.contact import ContactGate
from hyperdynamics_core.planning.geodesic import GeodesicConfig
from hyperdynamics_core.planning.geometry import Workspace
from hyperdynamics_core.planning.judge import CostConfig, Judge
from hyperdynamics_core.planning.problem import Candidates, Plan, PlanningProblem
from hyperdynamics_core.planning.rollout import Policy, Rollout, unroll
from hyperdynamics_core.planning.sampling import Draws, SamplingConfig, Starts, draw, draw_starts, realise
from hyperdynamics_core.systems.push import END_EFFECTOR, POSITION, PUSH


@dataclass(frozen=True)
class RandomShootingConfig:
    """Everything about the planner."""

    horizon: int = 1
    """Pushes in a sequence without obstacles (the paper's 1)."""
    obstacle_horizon: int = 10
    """Pushes in a sequence with obstacles (the paper's 10)."""
    sampling: SamplingConfig = field(default_factory=SamplingConfig)
    costs: CostConfig = field(default_factory=CostConfig)
    geodesic: GeodesicConfig = field(default_factory=GeodesicConfig)
    contact_gap: float = 0.005
    """A push that passes the object's box at a larger gap leaves it where it is, whatever the expert says, m."""
    push_height: float = 0.012
    """Height of the rod's tip while it pushes, m."""


KEPT_BEFORE_BROKEN = 1e3
"""Cost of breaking any rule, m: above every difference in the way left."""


class RandomShooting:
    """A ``Planner``."""

    def __init__(self, workspace: Workspace, generator: torch.Generator, config: RandomShootingConfig | None = None):
        self.workspace = workspace
        self.generator = generator
        self.config = config or RandomShootingConfig()
        self.judge = Judge(workspace, self.config.costs, self.config.geodesic)

    @torch.inference_mode()
    def plan(self, problem: PlanningProblem) -> Plan:
        """See ``Planner.plan``."""
        sampling = self.config.sampling
        starts, moved, placed = self._starts(problem, sampling)
        horizon = self.config.obstacle_horizon if len(problem.obstacles) else self.config.horizon
        draws = draw(len(starts), horizon, sampling, self.generator)
        policy = self._policy(problem, draws, placed.directions, moved & placed.guided)
        gate = ContactGate(problem.experts, problem.footprint, self.workspace.rod_radius + self.config.contact_gap)
        rollout = unroll(PUSH, gate, starts, policy, horizon)
        rest = resting_positions(rollout.states[:, 1:], self.config.costs.deceleration)
        gain = self.judge.gains(problem, rollout, rest) + self.config.costs.reposition_cost * moved.unsqueeze(1)
        broken = self.judge.penalties(problem, rollout, rest)
        return self._best(
            problem, rollout, rest, moved, gain, broken + 100.0 * (moved & ~placed.clear).float().unsqueeze(1)
        )

    def _starts(self, problem: PlanningProblem, sampling: SamplingConfig) -> tuple[Tensor, Tensor, Starts]:
        """States [N, 16] that the candidates start from, whether [N] each sets the rod down anew, and where."""
        n, share = sampling.candidates, sampling.reposition
        share = {"never": 0.0, "allowed": share, "required": 1.0}[problem.reposition]
        moved = torch.arange(n) >= round(n * (1.0 - share))
        rod = torch.tensor([0.0, 0.0, self.config.push_height])
        rested = at_rest(problem.state, rod, self.config.costs.deceleration)
        way = self.judge.way(problem, rested[POSITION][:2])
        placed = draw_starts(
            n, rested, problem.footprint, problem.obstacles, self.workspace, sampling, self.generator, way,
            problem.caution,
        )  # fmt: skip
        elsewhere = rested.repeat(n, 1)
        elsewhere[:, END_EFFECTOR.start : END_EFFECTOR.start + 2] = placed.points
        if problem.reposition == "allowed":
            moved = moved & placed.clear
        return torch.where(moved.unsqueeze(1), elsewhere, problem.state), moved, placed

    def _policy(self, problem: PlanningProblem, draws: Draws, directions: Tensor, guided: Tensor) -> Policy:
        """The drawn pushes; the first one of guided candidates [N] goes along directions [N, 2]."""
        seed = problem.seed_actions

        def act(step: int, states: Tensor) -> Tensor:
            actions = realise(draws, step, states, problem.footprint)
            if step == 0:
                along = directions * draws.lengths[:, :1]
                actions[:, :2] = torch.where(guided.unsqueeze(1), along, actions[:, :2])
            if seed is not None and step < len(seed):
                actions[0] = seed[step]
            return actions

        return act

    def _best(
        self, problem: PlanningProblem, rollout: Rollout, rest: Tensor, moved: Tensor, gain: Tensor, broken: Tensor
    ) -> Plan:
        # The rules come first: near an obstacle the way left can fall by more than any penalty.
        total = gain + broken + KEPT_BEFORE_BROKEN * (broken > 0.0).float()
        judged = total if self.config.costs.ending == "best" else total[:, -1:]
        cost, step = judged.min(dim=1)
        step = step if self.config.costs.ending == "best" else torch.full_like(step, rest.shape[1] - 1)
        feasible = broken.gather(1, step.unsqueeze(1)).squeeze(1) == 0.0
        best = int(cost.argmin())
        end = int(step[best]) + 1
        spot = rollout.states[best, 0, END_EFFECTOR]
        way = self.judge.remaining(problem, torch.stack((rollout.states[best, 0, POSITION][:2], rest[best, end - 1])))
        return Plan(
            actions=rollout.actions[best, :end],
            reposition=(float(spot[0]), float(spot[1])) if bool(moved[best]) else None,
            states=rollout.states[best, : end + 1],
            rest=rest[best, end - 1],
            cost=float(cost[best]),
            progress=float(way[0] - way[1]) / end,
            feasible=bool(feasible[best]),
            candidates=Candidates(rollout.states[..., POSITION][..., :2], cost, feasible),
        )

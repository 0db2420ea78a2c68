"""Random shooting (section 3.3): draw sequences, unroll the experts, take the best, push once, plan again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor

from hyperdynamics_core.planning import costs
from hyperdynamics_core.planning.coasting import DECELERATION, at_rest, resting_positions
from hyperdynamics_core.planning.geodesic import GeodesicConfig, GeodesicField
from hyperdynamics_core.planning.geometry import Footprint, Workspace, length, unit
from hyperdynamics_core.planning.problem import Candidates, Plan, PlanningProblem
from hyperdynamics_core.planning.rollout import Policy, Rollout, unroll
from hyperdynamics_core.planning.sampling import Draws, SamplingConfig, Starts, draw, draw_starts, realise
from hyperdynamics_core.systems.push import END_EFFECTOR, ORIENTATION, POSITION, PUSH
from hyperdynamics_core.systems.rotations import yaw_of


@dataclass(frozen=True)
class CostConfig:
    """Weights and margins of the costs."""

    distance: Literal["straight", "geodesic"] = "geodesic"
    """Distance to the goal: straight, or around the obstacles (the same where there are none)."""
    ending: Literal["last", "best"] = "best"
    """Judge a sequence where it ends (last), or at its best step: the rest need not be carried out."""
    push_cost: float = 0.03
    """Price of each push up to the step that is judged, m: about as far as a push brings the object, so that distance
    and price together count the pushes that it will take."""
    reposition_cost: float = 0.01
    """Price of setting the rod down elsewhere, m."""
    idle_cost: float = 0.02
    """Price of a first push that hardly moves the object, m."""
    overshoot: float = 0.3
    """Obstacles and edges are looked for this much farther than the object is predicted to go, in parts of its way."""
    margin: float = 0.012
    """Gap the object keeps from obstacles at the first step, m: the detector's and the expert's error."""
    margin_growth: float = 0.004
    """What that gap grows by with every further step, m."""
    rod_margin: float = 0.01
    """Gap the rod keeps from obstacles, m."""
    swept_points: int = 3
    """Points checked between two steps."""
    deceleration: float = DECELERATION
    """What friction takes from a sliding object, m/s^2."""


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
    push_height: float = 0.012
    """Height of the rod's tip while it pushes, m."""


class RandomShooting:
    """A ``Planner``."""

    def __init__(self, workspace: Workspace, generator: torch.Generator, config: RandomShootingConfig | None = None):
        self.workspace = workspace
        self.generator = generator
        self.config = config or RandomShootingConfig()
        self._field: tuple[tuple[object, ...], GeodesicField] | None = None

    @torch.inference_mode()
    def plan(self, problem: PlanningProblem) -> Plan:
        """See ``Planner.plan``."""
        horizon = self.config.obstacle_horizon if len(problem.obstacles) else self.config.horizon
        starts, moved, placed = self._starts(problem)
        draws = draw(len(starts), horizon, self.config.sampling, self.generator)
        policy = self._policy(problem, draws, placed.directions, moved & placed.guided)
        rollout = unroll(PUSH, problem.experts, starts, policy, horizon)
        rest = resting_positions(rollout.states[:, 1:], self.config.costs.deceleration)
        gain, broken = self._judge(problem, rollout, rest)
        gain = gain + self.config.costs.reposition_cost * moved.unsqueeze(1)
        broken = broken + (moved & ~placed.clear).float().unsqueeze(1) * 100.0
        return self._best(rollout, rest, moved, gain, broken)

    def field_for(self, problem: PlanningProblem) -> GeodesicField | None:
        """Distances around the obstacles of a problem, kept while goal, obstacles and object stay; None: straight."""
        if self.config.costs.distance == "straight" or len(problem.obstacles) == 0:
            return None
        radius = round(_radius(problem.footprint), 2)
        key = (tuple(problem.goal.tolist()), tuple(problem.obstacles.flatten().tolist()), radius)
        if self._field is None or self._field[0] != key:
            made = GeodesicField(problem.goal, problem.obstacles, radius, self.workspace, self.config.geodesic)
            self._field = (key, made)
        return self._field[1]

    def _way(self, problem: PlanningProblem, position: Tensor) -> Tensor:
        geodesic = self.field_for(problem)
        if geodesic is not None:
            return geodesic.direction(position)
        return unit(problem.goal - position)

    def _starts(self, problem: PlanningProblem) -> tuple[Tensor, Tensor, Starts]:
        """States [N, 16] that the candidates start from, whether [N] each sets the rod down anew, and where."""
        sampling = self.config.sampling
        n, share = sampling.candidates, sampling.reposition
        share = {"never": 0.0, "allowed": share, "required": 1.0}[problem.reposition]
        moved = torch.arange(n) >= round(n * (1.0 - share))
        rod = torch.tensor([0.0, 0.0, self.config.push_height])
        rested = at_rest(problem.state, rod, self.config.costs.deceleration)
        way = self._way(problem, rested[POSITION][:2])
        placed = draw_starts(
            n, rested, problem.footprint, problem.obstacles, self.workspace, sampling, self.generator, way
        )
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

    def _judge(self, problem: PlanningProblem, rollout: Rollout, rest: Tensor) -> tuple[Tensor, Tensor]:
        """Distance-like costs [N, H] and penalties [N, H] of ending each sequence at each step."""
        config = self.config.costs
        geodesic = self.field_for(problem)
        remaining = geodesic.distance(rest) if geodesic else costs.goal_distance(rest, problem.goal)
        steps = torch.arange(1, rest.shape[1] + 1)
        first = length(rest[:, 0] - rollout.states[:, 0, POSITION][:, :2])
        idle = config.idle_cost * (first < 0.005).float().unsqueeze(1)
        return remaining + config.push_cost * steps + idle, costs.prefix(self._penalties(problem, rollout, rest))

    def _penalties(self, problem: PlanningProblem, rollout: Rollout, rest: Tensor) -> Tensor:
        config, footprint = self.config.costs, problem.footprint
        positions, yaws = rollout.states[..., POSITION][..., :2], yaw_of(rollout.states[..., ORIENTATION])
        rod = rollout.states[:, :1, END_EFFECTOR][..., :2]
        rod = torch.cat((rod, rod + rollout.actions[..., :2].cumsum(1)), dim=1)
        beyond = rest + config.overshoot * (rest - positions[:, :-1])
        path, path_yaws = costs.sweep(positions, yaws, beyond, config.swept_points)
        margin = problem.margin_scale * (config.margin + config.margin_growth * torch.arange(rest.shape[1]))
        rod_margin = problem.margin_scale * config.rod_margin
        now = self._separation_now(problem)
        excesses = (
            costs.object_collision(footprint, path, path_yaws, problem.obstacles, margin, now),
            costs.rod_collision(rod, problem.obstacles, self.workspace, rod_margin, config.swept_points),
            costs.off_table(beyond, self.workspace, self.workspace.object_excess(problem.state[POSITION][:2])),
            costs.out_of_reach(rod, self.workspace),
        )
        return torch.stack([costs.penalty(excess) for excess in excesses]).sum(0)

    def _separation_now(self, problem: PlanningProblem) -> Tensor:
        if len(problem.obstacles) == 0:
            return torch.tensor(0.0)
        position, yaw = problem.state[POSITION][:2], yaw_of(problem.state[ORIENTATION])
        return problem.footprint.separation(position, yaw, problem.obstacles).min()

    def _best(self, rollout: Rollout, rest: Tensor, moved: Tensor, gain: Tensor, broken: Tensor) -> Plan:
        total = gain + broken
        judged = total if self.config.costs.ending == "best" else total[:, -1:]
        cost, step = judged.min(dim=1)
        step = step if self.config.costs.ending == "best" else torch.full_like(step, rest.shape[1] - 1)
        feasible = broken.gather(1, step.unsqueeze(1)).squeeze(1) == 0.0
        best = int(cost.argmin())
        end = int(step[best]) + 1
        spot = rollout.states[best, 0, END_EFFECTOR]
        return Plan(
            actions=rollout.actions[best, :end],
            reposition=(float(spot[0]), float(spot[1])) if bool(moved[best]) else None,
            states=rollout.states[best, : end + 1],
            rest=rest[best, end - 1],
            cost=float(cost[best]),
            feasible=bool(feasible[best]),
            candidates=Candidates(rollout.states[..., POSITION][..., :2], cost, feasible),
        )


def _radius(footprint: Footprint) -> float:
    """Radius of the disc that stands for the object on the grid: between its inner and its outer one."""
    return 0.5 * (footprint.inner_radius + footprint.outer_radius)

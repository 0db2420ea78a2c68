"""Judges predicted futures: how far from the goal would it end, and which rules would be broken on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from hyperdynamics_core.planning import costs
from hyperdynamics_core.planning.coasting import DECELERATION
from hyperdynamics_core.planning.geodesic import GeodesicConfig, GeodesicField
from hyperdynamics_core.planning.geometry import Footprint, Workspace, length, unit
from hyperdynamics_core.planning.problem import PlanningProblem
from hyperdynamics_core.planning.rollout import Rollout
from hyperdynamics_core.planning.slipping import pushed_way, slide_paths
from hyperdynamics_core.systems.push import END_EFFECTOR, ORIENTATION, POSITION
from hyperdynamics_core.systems.rotations import yaw_of


@dataclass(frozen=True)
class CostConfig:
    """Weights and margins of the costs."""

    distance: Literal["straight", "geodesic"] = "geodesic"
    """Distance to the goal: straight (the paper), or around obstacles and places where the object is easily stuck."""
    ending: Literal["last", "best"] = "best"
    """Judge a sequence where it ends (last), or at its best step: the rest need not be carried out."""
    push_cost: float = 0.03
    """Price of each push up to the step that is judged, m: about as far as a push brings the object, so that distance
    and price together count the pushes that it will take."""
    reposition_cost: float = 0.01
    """Price of setting the rod down elsewhere, m."""
    idle_cost: float = 0.02
    """Price of a first push that hardly moves the object, m."""
    overshoot: float = 0.5
    """Obstacles and edges are looked for this much farther than the object is predicted to go, in parts of its way:
    95 of 100 pushes bring it no farther."""
    aside: float = 0.25
    """And this much to its sides, in parts of the way gone: 95 of 100 pushes bring it no farther aside."""
    slip: float = 2.0
    """The first push must not bring the object off the table if it slides this many times as far as it is pushed."""
    slip_cone: float = 0.8
    """To either side up to this angle, rad: whatever is predicted."""
    margin: float = 0.005
    """Gap the object keeps from obstacles besides, m: the detector's error."""
    margin_growth: float = 0.003
    """What that gap grows by with every further step, m."""
    rod_margin: float = 0.01
    """Gap the rod keeps from obstacles, m."""
    swept_points: int = 3
    """Points checked between two steps."""
    deceleration: float = DECELERATION
    """What friction takes from a sliding object, m/s^2."""


class Judge:
    """Costs and rules over candidates, whoever drew them."""

    def __init__(self, workspace: Workspace, config: CostConfig, geodesic: GeodesicConfig) -> None:
        self.workspace, self.config, self.geodesic = workspace, config, geodesic
        self._field: tuple[tuple[object, ...], GeodesicField] | None = None

    def way(self, problem: PlanningProblem, position: Tensor) -> Tensor:
        """Unit vector [2] in which an object at position [2] should go."""
        field = self.field_for(problem)
        return unit(problem.goal - position) if field is None else field.direction(position)

    def field_for(self, problem: PlanningProblem) -> GeodesicField | None:
        """Distances around obstacles, kept while goal, obstacles and the object's size stay; None: straight ones."""
        if self.config.distance == "straight":
            return None
        radius = round(_radius(problem.footprint), 2)
        key = (tuple(problem.goal.tolist()), tuple(problem.obstacles.flatten().tolist()), radius)
        if self._field is None or self._field[0] != key:
            made = GeodesicField(problem.goal, problem.obstacles, radius, self.workspace, self.geodesic)
            self._field = (key, made)
        return self._field[1]

    def remaining(self, problem: PlanningProblem, positions: Tensor) -> Tensor:
        """Way left [...] from object positions [..., 2] to the goal, m."""
        field = self.field_for(problem)
        return costs.goal_distance(positions, problem.goal) if field is None else field.distance(positions)

    def gains(self, problem: PlanningProblem, rollout: Rollout, rest: Tensor) -> Tensor:
        """Distance left plus the price of the pushes [N, H] if each sequence ends at each step, at rest [N, H, 2]."""
        steps = torch.arange(1, rest.shape[1] + 1)
        return (
            self.remaining(problem, rest)
            + self.config.push_cost * steps
            + self.config.idle_cost * idle(rollout, rest).unsqueeze(1)
        )

    def penalties(self, problem: PlanningProblem, rollout: Rollout, rest: Tensor) -> Tensor:
        """Penalties [N, H] for rules broken up to each step; 0: all kept."""
        excesses = (*self._object_excesses(problem, rollout, rest), *self._rod_excesses(problem, rollout))
        return costs.prefix(torch.stack([costs.penalty(excess) for excess in excesses]).sum(0))

    def _object_excesses(self, problem: PlanningProblem, rollout: Rollout, rest: Tensor) -> tuple[Tensor, ...]:
        config, space = self.config, self.workspace
        positions, yaws = rollout.states[..., POSITION][..., :2], yaw_of(rollout.states[..., ORIENTATION])
        position, yaw = problem.state[POSITION][:2], yaw_of(problem.state[ORIENTATION])
        caution = problem.caution
        beyond = rest + caution * config.overshoot * (rest - positions[:, :-1])
        path, path_yaws = costs.sweep(positions, yaws, beyond, config.swept_points)
        aside = caution * config.aside * length(path - positions[:, :-1, None])
        margin = caution * (config.margin + config.margin_growth * torch.arange(rest.shape[1]))
        now = costs.separation(problem.footprint, position, yaw, problem.obstacles)
        spare = (1.0 - caution) * space.object_margin
        excess_now = space.object_excess(position)
        return (
            costs.object_collision(problem.footprint, path, path_yaws, problem.obstacles, margin, now, aside),
            costs.off_table(beyond, space, excess_now) - spare,
            costs.overhang(problem.footprint, path, path_yaws, space, (position, yaw), caution, aside),
            self._slip_excess(problem, rollout, excess_now).expand(-1, rest.shape[1]) - spare,
            costs.hemmed_in(rest, space, caution * self.geodesic.room, torch.stack((position, problem.goal))),
        )

    def _slip_excess(self, problem: PlanningProblem, rollout: Rollout, excess_now: Tensor) -> Tensor:
        """Excess [N, 1] beyond the table's edge of where the first push may make the object slide at worst."""
        start, action = rollout.states[:, 0], rollout.actions[:, 0, :2]
        position, yaw = start[0, POSITION][:2], yaw_of(start[0, ORIENTATION])
        rod = start[:, END_EFFECTOR][:, :2]
        pushed = pushed_way(position, yaw, rod, action, problem.footprint, self.workspace)
        path = slide_paths(position, action, problem.caution * self.config.slip * pushed, self.config.slip_cone)
        return costs.off_table(path, self.workspace, excess_now).amax(dim=(-1, -2)).unsqueeze(1)

    def _rod_excesses(self, problem: PlanningProblem, rollout: Rollout) -> tuple[Tensor, ...]:
        rod = rollout.states[:, :1, END_EFFECTOR][..., :2]
        rod = torch.cat((rod, rod + rollout.actions[..., :2].cumsum(1)), dim=1)
        margin = problem.caution * self.config.rod_margin
        return (
            costs.rod_collision(rod, problem.obstacles, self.workspace, margin, self.config.swept_points),
            costs.out_of_reach(rod, self.workspace),
        )


def idle(rollout: Rollout, rest: Tensor, motion: float = 0.005) -> Tensor:
    """1 for candidates [N] whose first push moves the object by less than ``motion`` m altogether, else 0."""
    moved = length(rest[:, 0] - rollout.states[:, 0, POSITION][:, :2])
    return (moved < motion).float()


def _radius(footprint: Footprint) -> float:
    """Radius of the disc that stands for the object on the grid: its corners turn out of the way in narrow places."""
    return float(footprint.half.mean())

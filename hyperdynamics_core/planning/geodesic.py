"""Shortest way around the obstacles: arrival times of a front that leaves the goal and slows down near obstacles.

Solves |grad T| = slowness on a grid (the eikonal equation, first-order upwind scheme). Straight-line distance leads a
greedy planner into the obstacle between start and goal; T is the same measure bent around it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hyperdynamics_core.planning.geometry import Workspace, length, point_clearance, unit

Array = NDArray[np.float64]


@dataclass(frozen=True)
class GeodesicConfig:
    """Grid and slowness of the front."""

    cell: float = 0.01
    """Edge of a grid cell, m."""
    soft_margin: float = 0.06
    """Within this distance beyond the object's radius the front slows down, m."""
    soft_slowness: float = 6.0
    """Slowness added where the object would just touch; 1 is free space."""
    room: float = 0.08
    """Way from the object's position to a rod behind it, m: where that is out of reach the front slows down too."""
    hemmed_slowness: float = 2.0
    """Slowness added where the rod cannot get behind the object at all."""
    blocked_slowness: float = 20.0
    """Slowness where the object does not fit: finite, so that every position has a way out."""


class GeodesicField:
    """Distance to one goal around obstacles, for an object of a given radius."""

    def __init__(
        self, goal: Tensor, obstacles: Tensor, radius: float, workspace: Workspace, config: GeodesicConfig | None = None
    ) -> None:
        """goal [2], obstacles [M, 4] as in ``geometry``, radius of the object in m."""
        self.config = config or GeodesicConfig()
        self.half = workspace.table_half + 2 * self.config.cell
        size = round(2 * self.half / self.config.cell) + 1
        axis = torch.linspace(-self.half, self.half, size)
        self.spacing = float(axis[1] - axis[0])
        grid = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), dim=-1)
        slowness = self._slowness(grid, obstacles, radius, workspace)
        times = solve_eikonal(slowness.double().numpy(), self._seed(grid, goal), self.spacing)
        self.times = torch.from_numpy(times).float()
        """[Y, X] distances to the goal, m."""

    def _slowness(self, grid: Tensor, obstacles: Tensor, radius: float, workspace: Workspace) -> Tensor:
        edge = workspace.table_half - workspace.support * radius - grid.abs().amax(-1)
        clearance = torch.minimum(point_clearance(grid, obstacles) - radius, edge)
        soft = self.config.soft_slowness * (1.0 - clearance / self.config.soft_margin).clamp(0.0, 1.0) ** 2
        hemmed = (workspace.hemmed_in(grid, self.config.room) / self.config.room).clamp(0.0, 1.0)
        slowness = 1.0 + soft + self.config.hemmed_slowness * hemmed
        return torch.where(clearance < 0.0, torch.full_like(soft, self.config.blocked_slowness), slowness)

    def _seed(self, grid: Tensor, goal: Tensor) -> Array:
        distance = length(grid - goal)
        near = distance <= 1.5 * self.spacing
        return torch.where(near, distance, torch.full_like(distance, torch.inf)).double().numpy()

    def distance(self, points: Tensor) -> Tensor:
        """Distance [...] to the goal from points [..., 2], m; beyond the grid the way back onto it is added."""
        inside = points.clamp(-self.half, self.half)
        scaled = (inside + self.half) / self.spacing
        low = scaled.floor().clamp(0, self.times.shape[0] - 2)
        part = scaled - low
        column, row = low.long().unbind(-1)
        fx, fy = part.unbind(-1)
        lower = torch.lerp(self.times[row, column], self.times[row, column + 1], fx)
        upper = torch.lerp(self.times[row + 1, column], self.times[row + 1, column + 1], fx)
        return torch.lerp(lower, upper, fy) + length(points - inside)

    def direction(self, points: Tensor) -> Tensor:
        """Unit vectors [..., 2] in which the distance falls fastest."""
        step = 1.5 * self.spacing
        east, north = torch.tensor([step, 0.0]), torch.tensor([0.0, step])
        slope_x = self.distance(points + east) - self.distance(points - east)
        slope_y = self.distance(points + north) - self.distance(points - north)
        fall = -torch.stack((slope_x, slope_y), dim=-1)
        return unit(fall)


def solve_eikonal(slowness: Array, seed: Array, spacing: float, max_sweeps: int = 2000) -> Array:
    """Arrival times [Y, X] for slowness [Y, X] from seed times [Y, X] (infinite where unknown).

    All cells are updated at once until nothing changes: as many sweeps as the longest way has cells.
    """
    times = np.pad(seed, 1, constant_values=np.inf)
    cost = slowness * spacing
    for _ in range(max_sweeps):
        across = np.minimum(times[1:-1, :-2], times[1:-1, 2:])
        along = np.minimum(times[:-2, 1:-1], times[2:, 1:-1])
        low, high = np.minimum(across, along), np.maximum(across, along)
        with np.errstate(invalid="ignore"):
            gap = high - low
            root = np.sqrt(np.maximum(2.0 * cost**2 - gap**2, 0.0))
            arrival = np.where(gap < cost, 0.5 * (low + high + root), low + cost)
        updated = np.fmin(times[1:-1, 1:-1], arrival)
        if np.array_equal(updated, times[1:-1, 1:-1]):
            break
        times[1:-1, 1:-1] = updated
    return times[1:-1, 1:-1]

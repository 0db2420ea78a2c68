"""Plan-view geometry, batched: turned rectangles, axis-aligned boxes, the rod and the space it may move in.

Obstacles are rows [M, 4]: centre x, y and half edges x, y of axis-aligned boxes, metres, world frame.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

FAR = 10.0
"""Separation reported where there is nothing to be separated from, m."""


@dataclass(frozen=True)
class Box:
    """Axis-aligned 3D box of a detected object."""

    centre: tuple[float, float, float]
    """World frame, m."""
    size: tuple[float, float, float]
    """Edge lengths along x, y, z, m."""

    def __post_init__(self) -> None:
        values = (*self.centre, *self.size)
        if not all(math.isfinite(value) for value in values) or min(self.size) <= 0.0:
            raise ValueError(
                f"a box needs a finite centre and positive edge lengths, got centre {self.centre} and "
                f"size {self.size}; drop the detection it came from"
            )


def plan_view(boxes: Sequence[Box]) -> Tensor:
    """Boxes to obstacle rows [M, 4]."""
    rows = [(box.centre[0], box.centre[1], 0.5 * box.size[0], 0.5 * box.size[1]) for box in boxes]
    return torch.tensor(rows, dtype=torch.float32).reshape(-1, 4)


@dataclass(frozen=True)
class Footprint:
    """Rectangle that turns with the object and contains it: its detected box at the yaw of the detection."""

    offset: Tensor
    """[2] box centre from the object's position at ``yaw``, m."""
    half: Tensor
    """[2] half edge lengths, m."""
    yaw: float
    """The object's yaw when the box was axis-aligned, rad."""

    @staticmethod
    def from_box(box: Box, position: Sequence[float], yaw: float) -> Footprint:
        """Footprint of an object detected at position (x, y, ...) with this yaw."""
        row = plan_view([box])[0]
        return Footprint(row[:2] - torch.tensor([float(position[0]), float(position[1])]), row[2:], yaw)

    @property
    def inner_radius(self) -> float:
        """Half of the shorter edge, m."""
        return float(self.half.min())

    @property
    def outer_radius(self) -> float:
        """Distance from the object's position to the farthest corner, m."""
        return float((self.offset.abs() + self.half).norm())

    def corners_frame(self, positions: Tensor, yaws: Tensor) -> tuple[Tensor, Tensor]:
        """Centres [..., 2] and axes [..., 2, 2] (rows: edge directions) at positions [..., 2] and yaws [...]."""
        turn = yaws - self.yaw
        cosine, sine = torch.cos(turn), torch.sin(turn)
        axes = torch.stack((torch.stack((cosine, sine), -1), torch.stack((-sine, cosine), -1)), -2)
        return positions + (self.offset.unsqueeze(-1) * axes).sum(-2), axes

    def separation(self, positions: Tensor, yaws: Tensor, obstacles: Tensor) -> Tensor:
        """Separating distance [..., M] to obstacles [M, 4], m; negative: depth of the overlap.

        The largest gap over the edge directions of both rectangles: exact in sign, and never above the true distance.
        """
        centres, axes = self.corners_frame(positions, yaws)
        between = obstacles[:, :2] - centres.unsqueeze(-2)
        along = (between.unsqueeze(-2) * axes.unsqueeze(-3)).sum(-1)
        reach = obstacles[:, 2:] @ axes.abs().transpose(-1, -2)
        own = along.abs() - self.half - reach
        extent = (self.half.unsqueeze(-1) * axes.abs()).sum(-2).unsqueeze(-2)
        return torch.cat((own, between.abs() - extent - obstacles[:, 2:]), -1).amax(-1)

    def reach(self, yaw: Tensor, directions: Tensor) -> Tensor:
        """How far [...] the rectangle reaches from the object's position along unit directions [..., 2], m."""
        _, axes = self.corners_frame(torch.zeros(2), yaw)
        along = directions @ axes.transpose(-1, -2)
        ahead = self.offset * torch.sign(along) + self.half
        return (ahead / along.abs().clamp_min(1e-6)).amin(-1).clamp_min(0.0)

    def extent(self, positions: Tensor, yaws: Tensor, share: float = 1.0) -> Tensor:
        """Largest |x| or |y| [...] of the rectangle, shrunk to a share of its size, at positions [..., 2], m."""
        centres, axes = self.corners_frame(positions, yaws)
        return (centres.abs() + share * (self.half.unsqueeze(-1) * axes.abs()).sum(-2)).amax(-1)

    def distance(self, positions: Tensor, yaws: Tensor, points: Tensor) -> Tensor:
        """Signed distance [...] from points [..., 2] to the rectangle, m; negative inside."""
        centres, axes = self.corners_frame(positions, yaws)
        local = ((points - centres).unsqueeze(-2) * axes).sum(-1)
        return box_distance(local, self.half)


def length(vectors: Tensor) -> Tensor:
    """Lengths [...] of vectors [..., n]."""
    lengths: Tensor = torch.linalg.vector_norm(vectors, dim=-1)
    return lengths


def unit(vectors: Tensor) -> Tensor:
    """Vectors [..., n] scaled to length 1; the null vector stays."""
    return vectors / length(vectors).clamp_min(1e-9).unsqueeze(-1)


def box_distance(points: Tensor, half: Tensor) -> Tensor:
    """Signed distance [...] from points [..., 2] to a rectangle of half edges [..., 2] around the origin, m."""
    outside = points.abs() - half
    return length(outside.clamp_min(0.0)) + outside.amax(-1).clamp_max(0.0)


def point_clearance(points: Tensor, obstacles: Tensor) -> Tensor:
    """Signed distance [...] from points [..., 2] to the nearest of obstacles [M, 4], m; FAR where M = 0."""
    if len(obstacles) == 0:
        return torch.full(points.shape[:-1], FAR)
    return box_distance(points.unsqueeze(-2) - obstacles[:, :2], obstacles[:, 2:]).amin(-1)


@dataclass(frozen=True)
class Workspace:
    """Where the object may be and where the rod can get to."""

    table_half: float = 0.3
    """Half of the square table's edge, m."""
    object_margin: float = 0.03
    """The object's position stays at least this far inside the table's edge, m."""
    support: float = 0.8
    """Share of the object's box that stays on the table: where a part that carries it hangs over, it tips and slides
    off by itself, long before its position reaches the edge."""
    goal_margin: float = 0.03
    """Goals lie at least this far inside the table's edge, m."""
    reach_centre: tuple[float, float] = (-0.5, 0.0)
    """Centre of the rod's annulus of reach (the robot's base), x, y, m."""
    reach_min: float = 0.25
    """Inner radius of reach, m."""
    reach_max: float = 0.87
    """Outer radius of reach, m."""
    rod_margin: float = 0.10
    """The rod may go this far beyond the table's edge, m."""
    rod_radius: float = 0.01
    """Radius of the rod, m."""

    @property
    def goal_half(self) -> float:
        """Greatest |x| and |y| of a goal, m."""
        return self.table_half - self.goal_margin

    def object_excess(self, positions: Tensor) -> Tensor:
        """How far [...] object positions [..., 2] lie beyond the inner table, m; 0 or less: on it."""
        return positions.abs().amax(-1) - (self.table_half - self.object_margin)

    def overhang(self, footprint: Footprint, positions: Tensor, yaws: Tensor, caution: float = 1.0) -> Tensor:
        """How far [...] what carries objects at positions [..., 2] and yaws [...] hangs over the edge, m."""
        return footprint.extent(positions, yaws, caution * self.support) - self.table_half

    def hemmed_in(self, positions: Tensor, room: float) -> Tensor:
        """How much [...] is missing at object positions [..., 2] of the ``room`` that the rod needs on every side, m.

        Where it is above 0 the rod cannot get behind the object from everywhere, so it is easily stuck there.
        """
        radius = length(positions - torch.tensor(self.reach_centre))
        return room - torch.minimum(radius - self.reach_min, self.reach_max - radius)

    def rod_excess(self, points: Tensor) -> Tensor:
        """How far [...] rod positions [..., 2] lie out of reach or beyond the table, m; 0 or less: fine."""
        radius = length(points - torch.tensor(self.reach_centre))
        outside = points.abs().amax(-1) - (self.table_half + self.rod_margin)
        return torch.maximum(torch.maximum(self.reach_min - radius, radius - self.reach_max), outside)

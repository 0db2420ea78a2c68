"""What is good and what is forbidden, one small function each.

Rules come as an *excess* in metres: how far a candidate breaks the rule; 0 or less: it keeps it. Where the present
state already breaks a margin (not the rule behind it), a candidate may stay as near as it is, but not come nearer.
"""

from __future__ import annotations

import torch
from torch import Tensor

from hyperdynamics_core.planning.geometry import FAR, Footprint, Workspace, length, point_clearance


def goal_distance(positions: Tensor, goal: Tensor) -> Tensor:
    """Straight distance [...] from positions [..., 2] to goal [2], m."""
    return length(positions - goal)


def along(values: Tensor, steps: int) -> Tensor:
    """Points on the way through values [N, H + 1, ...]: ``steps`` an interval, its end among them.

    Returns [N, H, steps, ...].
    """
    part = torch.arange(1, steps + 1) / steps
    part = part.reshape(1, 1, steps, *([1] * (values.dim() - 2)))
    return torch.lerp(values[:, :-1].unsqueeze(2), values[:, 1:].unsqueeze(2), part)


def sweep(positions: Tensor, yaws: Tensor, rest: Tensor, steps: int) -> tuple[Tensor, Tensor]:
    """Where the object passes: on the way through positions [N, H + 1, 2] and, after each, on to rest [N, H, 2].

    yaws [N, H + 1]. Returns positions [N, H, 2 steps, 2] and yaws [N, H, 2 steps].
    """
    turn = torch.remainder(yaws[:, 1:] - yaws[:, :-1] + torch.pi, 2 * torch.pi) - torch.pi
    unwrapped = torch.cat((yaws[:, :1], yaws[:, :1] + turn.cumsum(1)), dim=1)
    moving, turning = along(positions, steps), along(unwrapped, steps)
    part = (torch.arange(1, steps + 1) / steps)[:, None]
    coasting = torch.lerp(positions[:, 1:, None], rest[:, :, None], part)
    last = turning[:, :, -1:].expand_as(turning)
    return torch.cat((moving, coasting), dim=2), torch.cat((turning, last), dim=2)


def separation(footprint: Footprint, position: Tensor, yaw: Tensor, obstacles: Tensor) -> Tensor:
    """Present separation [M] of an object at position [2] with this yaw [] from each of obstacles [M, 4], m."""
    return footprint.separation(position, yaw, obstacles)


def object_collision(
    footprint: Footprint, path: Tensor, yaws: Tensor, obstacles: Tensor, margin: Tensor, now: Tensor, aside: Tensor
) -> Tensor:
    """Excess [N, H] of the object's footprint towards obstacles [M, 4].

    path [N, H, S, 2] and yaws [N, H, S] from ``sweep``; margin [H] wanted at each step, m; now [M]: present separation;
    aside [N, H, S]: gap wanted besides for errors that grow with the way, m. A present separation below 0 only says
    that boxes are larger than what is in them: nothing has been touched.
    """
    if len(obstacles) == 0:
        return torch.full(path.shape[:2], -FAR)
    separation = (footprint.separation(path, yaws, obstacles) - aside.unsqueeze(-1)).amin(dim=-2)
    return (torch.minimum(margin.unsqueeze(-1), now) - separation).amax(-1)


def rod_collision(rod: Tensor, obstacles: Tensor, workspace: Workspace, margin: float, steps: int) -> Tensor:
    """Excess [N, H] of the rod on its way through rod [N, H + 1, 2] towards obstacles [M, 4]."""
    now = (point_clearance(rod[:, :1], obstacles) - workspace.rod_radius).clamp_min(0.0)
    clearance = point_clearance(along(rod, steps), obstacles).amin(-1) - workspace.rod_radius
    return now.clamp_max(margin) - clearance


def off_table(positions: Tensor, workspace: Workspace, now: Tensor) -> Tensor:
    """Excess [...] of object positions [..., 2] beyond the inner table; now []: present excess."""
    return workspace.object_excess(positions) - now.clamp(min=0.0, max=workspace.object_margin)


def overhang(
    footprint: Footprint, path: Tensor, yaws: Tensor, workspace: Workspace, now: tuple[Tensor, Tensor], caution: float,
    aside: Tensor,
) -> Tensor:  # fmt: skip
    """Excess [N, H] of what carries the object over the table's edge on a path [N, H, S, 2] with yaws [N, H, S].

    now: present position [2] and yaw []; aside [N, H, S]: room for errors that grow with the way, m.
    """
    here = workspace.overhang(footprint, *now, caution).clamp_min(0.0)
    return (workspace.overhang(footprint, path, yaws, caution) + aside).amax(-1) - here


def hemmed_in(positions: Tensor, workspace: Workspace, room: float, accepted: Tensor) -> Tensor:
    """Excess [...] of object positions [..., 2] into places where the rod cannot get behind it from every side.

    As deep as the places accepted [n, 2] (where it is, where it shall go) is fine.
    """
    limit = workspace.hemmed_in(accepted, room).amax().clamp_min(0.0)
    return workspace.hemmed_in(positions, room) - limit


def out_of_reach(rod: Tensor, workspace: Workspace) -> Tensor:
    """Excess [N, H] of rod positions [N, H + 1, 2] after each step; where it is out already it must not go farther."""
    excess = workspace.rod_excess(rod)
    return excess[:, 1:] - excess[:, :1].clamp_min(0.0)


def penalty(excess: Tensor, fixed: float = 1.0, slope: float = 10.0) -> Tensor:
    """Cost of breaking a rule by excess [...] metres: nothing up to 0, then a jump and a slope that leads out."""
    return torch.where(excess > 1e-6, fixed + slope * excess, torch.zeros_like(excess))


def prefix(costs: Tensor) -> Tensor:
    """Costs [N, H] of single steps to the cost [N, H] of going as far as that step: the worst so far counts."""
    return costs.cummax(dim=1).values

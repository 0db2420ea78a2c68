"""Getting to know an object: pushes in random directions that keep it on the table and off the obstacles (3.2)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from hyperdynamics_core.planning.coasting import at_rest
from hyperdynamics_core.planning.costs import penalty
from hyperdynamics_core.planning.geometry import Footprint, Workspace, point_clearance, unit
from hyperdynamics_core.planning.sampling import start_is_clear
from hyperdynamics_core.planning.slipping import pushed_way, slide_paths
from hyperdynamics_core.systems.push import END_EFFECTOR, ORIENTATION, POSITION
from hyperdynamics_core.systems.rotations import yaw_of


@dataclass(frozen=True)
class ProbingConfig:
    """How probes are drawn."""

    length_min: float = 0.04
    """Shortest probe, m."""
    length_max: float = 0.06
    """Longest probe, m."""
    start_min: float = 0.06
    """Nearest rod position from the object's position before a probe, m."""
    start_max: float = 0.10
    """Farthest, m."""
    start_clearance: float = 0.012
    """Least gap between the rod's surface and the object's box or an obstacle where the rod is set down, m."""
    contact: float = 0.015
    """Least way over which the probe is meant to push the object, m."""
    slip: float = 3.0
    """The object may slide as far as this many times the way over which it is pushed."""
    cone: float = 0.8
    """It may slip off the rod to either side by up to this angle, rad."""
    obstacle_margin: float = 0.01
    """Gap kept from obstacles wherever it may slide, m."""
    room: float = 0.08
    """Way from the object's position to a rod behind it, m: it must not slide where that is out of reach."""
    aim: float = 0.35
    """Probes aim at a point within this share of the object's box."""
    candidates: int = 256
    """Probes drawn to choose one from."""


@dataclass(frozen=True)
class Probe:
    """One probing push."""

    start: tuple[float, float] | None
    """Where to set the rod down first, m; None: it already stands well."""
    action: tuple[float, float]
    """Displacement, m."""
    safe: bool
    """False: no probe kept every margin; this is the least bad."""


def draw_probe(
    state: Tensor, footprint: Footprint, obstacles: Tensor, workspace: Workspace,
    config: ProbingConfig, generator: torch.Generator, rod_is_down: bool,
) -> Probe:  # fmt: skip
    """A random safe push of the object in state [16]; stays where the rod is if a safe probe starts there."""
    n = config.candidates
    rested = at_rest(state, state[END_EFFECTOR])
    position, yaw = rested[POSITION][:2], yaw_of(rested[ORIENTATION])
    starts = _ring(n, position, config, generator)
    here = torch.zeros(n, dtype=torch.bool)
    if rod_is_down:
        here[: n // 2] = True
        starts = torch.where(here.unsqueeze(1), state[END_EFFECTOR][:2], starts)
    clear = start_is_clear(starts, position, yaw, footprint, obstacles, workspace, config.start_clearance)
    points = config.aim * (2.0 * torch.rand((n, 2), generator=generator) - 1.0)
    centres, axes = footprint.corners_frame(position, yaw)
    way = centres + (points * footprint.half) @ axes - starts
    lengths = config.length_min + (config.length_max - config.length_min) * torch.rand(n, generator=generator)
    actions = unit(way) * lengths.unsqueeze(1)
    pushed = pushed_way(position, yaw, starts, actions, footprint, workspace)
    broken = _slide_risk(position, yaw, actions, pushed, footprint, obstacles, workspace, config)
    broken = broken + _rod_risk(starts, actions, obstacles, workspace)
    broken = broken + penalty(config.contact - pushed)
    broken = broken + (~(clear | here)).float() * 100.0 + (~here).float() * 1e-3
    best = int(broken.argmin())
    start = None if bool(here[best]) else (float(starts[best, 0]), float(starts[best, 1]))
    return Probe(start, (float(actions[best, 0]), float(actions[best, 1])), float(broken[best]) < 0.5)


def _ring(n: int, position: Tensor, config: ProbingConfig, generator: torch.Generator) -> Tensor:
    radius = config.start_min + (config.start_max - config.start_min) * torch.rand(n, generator=generator)
    angle = math.tau * torch.rand(n, generator=generator)
    return position + radius.unsqueeze(1) * torch.stack((torch.cos(angle), torch.sin(angle)), dim=1)


def _slide_risk(
    position: Tensor, yaw: Tensor, actions: Tensor, pushed: Tensor,
    footprint: Footprint, obstacles: Tensor, workspace: Workspace, config: ProbingConfig,
) -> Tensor:  # fmt: skip
    """Penalty [N] of the object sliding off the table, into an obstacle or out of reach, straight on or aside."""
    path = slide_paths(position, actions, config.slip * pushed, config.cone)
    excess_now = workspace.object_excess(position).clamp(0.0, workspace.object_margin)
    hemmed_now = workspace.hemmed_in(position, config.room).clamp_min(0.0)
    broken = penalty((workspace.object_excess(path) - excess_now).amax(dim=(-1, -2)))
    turned = yaw.expand(path.shape[:-1])
    hanging_now = workspace.overhang(footprint, position, yaw).clamp_min(0.0)
    broken = broken + penalty((workspace.overhang(footprint, path, turned) - hanging_now).amax(dim=(-1, -2)))
    broken = broken + 0.4 * penalty((workspace.hemmed_in(path[:, 2], config.room) - hemmed_now).amax(dim=-1))
    if len(obstacles) == 0:
        return broken
    now = footprint.separation(position, yaw, obstacles).clamp_max(config.obstacle_margin)
    gap = footprint.separation(path, turned, obstacles).amin(dim=(-2, -3))
    return broken + penalty((now - gap).amax(-1))


def _rod_risk(starts: Tensor, actions: Tensor, obstacles: Tensor, workspace: Workspace) -> Tensor:
    ends = starts + actions
    gap = torch.minimum(point_clearance(ends, obstacles), point_clearance(0.5 * (starts + ends), obstacles))
    return penalty(workspace.rod_radius + 0.01 - gap) + penalty(workspace.rod_excess(ends))

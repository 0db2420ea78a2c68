"""Candidate pushes: the paper's action distribution (A.1), starts around the object, and guesses along the way.

All random numbers of a candidate are drawn beforehand; directions are worked out in the rollout, since a push aims at
where the object is predicted to be by then.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from hyperdynamics_core.planning.geometry import Footprint, Workspace, length, point_clearance, unit
from hyperdynamics_core.systems.push import END_EFFECTOR, ORIENTATION, POSITION
from hyperdynamics_core.systems.rotations import yaw_of


@dataclass(frozen=True)
class SamplingConfig:
    """How candidates are drawn."""

    candidates: int = 30
    """Sequences a plan (the paper's 30)."""
    length_min: float = 0.03
    """Shortest push, m."""
    length_max: float = 0.06
    """Longest push, m."""
    towards_object: float = 0.8
    """Probability of aiming at a random point of the object's box; otherwise in any direction."""
    reposition: float = 0.5
    """Share of candidates that set the rod down elsewhere first; the paper's planner never does (0)."""
    start_min: float = 0.06
    """Nearest new rod position from the object's position, m; farther where the object reaches farther."""
    start_max: float = 0.10
    """Farthest new rod position from the object's position, m; farther where the object reaches farther."""
    start_gap: float = 0.03
    """Range of new rod positions where the object reaches so far that the two above leave none, m."""
    start_clearance: float = 0.012
    """Least gap between the rod's surface and the object's box or an obstacle where the rod is set down, m."""
    least_clearance: float = 0.004
    """That gap where nothing else is found: what the detector and the arm are off by, m."""
    guided: float = 0.75
    """Share of the new rod positions that lie behind the object as seen from the way to the goal; 0 as in the paper."""
    guided_turn: float = 0.4
    """Standard deviation of guided pushes' direction about the way to the goal, rad."""
    guided_aside: float = 0.012
    """Standard deviation of how far guided pushes pass beside the object's position, m."""

    def __post_init__(self) -> None:
        if self.candidates < 1 or not 0.0 < self.length_min <= self.length_max:
            raise ValueError(
                f"sampling needs 1 or more candidates and 0 < length_min <= length_max, got {self.candidates}, "
                f"{self.length_min} and {self.length_max}"
            )
        shares = (self.towards_object, self.reposition, self.guided)
        if not all(0.0 <= share <= 1.0 for share in shares):
            raise ValueError(f"towards_object, reposition and guided are shares from 0 to 1, got {shares}")


@dataclass(frozen=True)
class Draws:
    """Random numbers of N sequences of H pushes."""

    lengths: Tensor
    """[N, H] m."""
    towards: Tensor
    """[N, H] bool: aim at a point of the object's box."""
    points: Tensor
    """[N, H, 2] that point in units of the half edges, -1 to 1."""
    angles: Tensor
    """[N, H] direction of the others, rad."""


def draw(n: int, horizon: int, config: SamplingConfig, generator: torch.Generator) -> Draws:
    """Draw n sequences of the paper's distribution."""
    shape = (n, horizon)
    span = config.length_max - config.length_min
    return Draws(
        lengths=config.length_min + span * torch.rand(shape, generator=generator),
        towards=torch.rand(shape, generator=generator) < config.towards_object,
        points=2.0 * torch.rand((*shape, 2), generator=generator) - 1.0,
        angles=math.tau * torch.rand(shape, generator=generator),
    )


def realise(draws: Draws, step: int, states: Tensor, footprint: Footprint) -> Tensor:
    """Actions [N, 3] of one step for predicted states [N, 16]."""
    centres, axes = footprint.corners_frame(states[:, POSITION][:, :2], yaw_of(states[:, ORIENTATION]))
    aim = centres + ((draws.points[:, step] * footprint.half).unsqueeze(-1) * axes).sum(-2)
    to_aim = aim - states[:, END_EFFECTOR][:, :2]
    anywhere = torch.stack((torch.cos(draws.angles[:, step]), torch.sin(draws.angles[:, step])), dim=-1)
    towards = draws.towards[:, step] & (length(to_aim) > 1e-3)
    direction = torch.where(towards.unsqueeze(-1), unit(to_aim), anywhere)
    return torch.cat((direction * draws.lengths[:, step, None], torch.zeros(len(states), 1)), dim=-1)


def start_is_clear(
    points: Tensor, position: Tensor, yaw: Tensor, footprint: Footprint, obstacles: Tensor,
    workspace: Workspace, clearance: float,
) -> Tensor:  # fmt: skip
    """Whether the rod may be set down at points [..., 2] beside the object at position [2] with this yaw []."""
    gap = clearance + workspace.rod_radius
    free = footprint.distance(position.expand_as(points), yaw.expand(points.shape[:-1]), points) >= gap
    return free & (point_clearance(points, obstacles) >= gap) & (workspace.rod_excess(points) <= 0.0)


def start_range(
    footprint: Footprint, yaw: Tensor, directions: Tensor, workspace: Workspace, config: SamplingConfig,
    clearance: float,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Nearest and farthest distance [...] from the object's position for a rod along directions [..., 2] of it, m."""
    outside = footprint.reach(yaw, directions) + workspace.rod_radius + clearance
    near = outside.clamp_min(config.start_min)
    return near, torch.maximum(near + config.start_gap, torch.tensor(config.start_max))


@dataclass(frozen=True)
class Starts:
    """Where n candidates set the rod down."""

    points: Tensor
    """[n, 2] world frame, m."""
    clear: Tensor
    """[n] bool; False: no clear place was found for this candidate."""
    guided: Tensor
    """[n] bool: its first push goes along ``directions``, whatever was drawn for it."""
    directions: Tensor
    """[n, 2] unit vectors."""


def draw_starts(
    n: int,
    state: Tensor,
    footprint: Footprint,
    obstacles: Tensor,
    workspace: Workspace,
    config: SamplingConfig,
    generator: torch.Generator,
    way: Tensor,
    caution: float = 1.0,
    tries: int = 32,
) -> Starts:
    """Draw n rod positions around the object of state [16]; ``way`` [2]: unit direction in which it should go.

    ``caution``: part of the clearance that is kept, down to ``least_clearance``.
    Guided ones stand behind the object and push along the way; the others stand anywhere around it.
    """
    position, yaw = state[POSITION][:2], yaw_of(state[ORIENTATION])
    anywhere = math.tau * torch.rand((n, tries), generator=generator)
    along_way = torch.atan2(way[1], way[0]) + config.guided_turn * torch.randn((n, tries), generator=generator)
    aside = config.guided_aside * torch.randn((n, tries), generator=generator)
    guided = torch.rand(n, generator=generator) < config.guided
    angle = torch.where(guided.unsqueeze(1), along_way, anywhere)
    direction = torch.stack((torch.cos(angle), torch.sin(angle)), dim=-1)
    across = torch.stack((-direction[..., 1], direction[..., 0]), dim=-1)
    clearance = max(config.least_clearance, caution * config.start_clearance)
    near, far = start_range(footprint, yaw, -direction, workspace, config, clearance)
    radius = near + (far - near) * torch.rand((n, tries), generator=generator)
    points = position - radius.unsqueeze(-1) * direction
    points = torch.where(guided[:, None, None], points + aside.unsqueeze(-1) * across, points)
    clear = start_is_clear(points, position, yaw, footprint, obstacles, workspace, clearance)
    rows, first = torch.arange(n), clear.to(torch.int8).argmax(dim=1)
    return Starts(points[rows, first], clear[rows, first], guided, direction[rows, first])

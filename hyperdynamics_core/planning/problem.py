"""What a planner is asked and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import torch
from torch import Tensor

from hyperdynamics_core.methods.experts import Experts
from hyperdynamics_core.planning.geometry import Footprint

Reposition = Literal["never", "allowed", "required"]


@dataclass(frozen=True)
class PlanningProblem:
    """One decision: where is everything, and where shall the object go."""

    state: Tensor
    """[16] push state."""
    goal: Tensor
    """[2] where the object's position shall be, world frame, m."""
    experts: Experts
    """Dynamics of this object."""
    footprint: Footprint
    """The object's detected box."""
    obstacles: Tensor
    """[M, 4] detected boxes of everything else."""
    reposition: Reposition = "allowed"
    """Whether the rod may, or has to, be set down elsewhere before it pushes."""
    seed_actions: Tensor | None = None
    """[h, 3] pushes tried as the first candidate, h <= H: what was left of an earlier plan."""
    caution: float = 1.0
    """Factor on the planner's margins, 0 to 1: the rules stay, the room for errors shrinks."""

    def __post_init__(self) -> None:
        if self.state.shape != (16,) or self.goal.shape != (2,) or self.obstacles.shape[1:] != (4,):
            raise ValueError(
                f"a planning problem has a state [16], a goal [2] and obstacles [M, 4], got {tuple(self.state.shape)}, "
                f"{tuple(self.goal.shape)} and {tuple(self.obstacles.shape)}"
            )
        if not bool(torch.isfinite(torch.cat((self.state, self.goal, self.obstacles.flatten()))).all()):
            raise ValueError("the state, goal or an obstacle is not finite; do not plan on it")


@dataclass(frozen=True)
class Candidates:
    """Everything that was tried, for markers and pictures."""

    paths: Tensor
    """[N, H + 1, 2] predicted object positions, m."""
    costs: Tensor
    """[N] lowest is best."""
    feasible: Tensor
    """[N] bool: no predicted collision, fall or loss of reach before the step at which it would end."""


@dataclass(frozen=True)
class Plan:
    """The best sequence found; only its first push is meant to be carried out before planning again."""

    actions: Tensor
    """[h, 3] pushes up to the step at which the object is best placed, m."""
    reposition: tuple[float, float] | None
    """Where to set the rod down first, world frame, m; None: push from where it is."""
    states: Tensor
    """[h + 1, 16] predicted, the start (after the re-position) first."""
    rest: Tensor
    """[2] where the object is predicted to come to rest after the last action, m."""
    cost: float
    progress: float
    """How much shorter the way to the goal gets with each push on average, m."""
    feasible: bool
    """False: every candidate broke a rule; do not carry it out."""
    candidates: Candidates


class Planner(Protocol):
    """Random shooting, and whatever is to take its place."""

    def plan(self, problem: PlanningProblem) -> Plan:
        """Best sequence of pushes; its ``feasible`` says whether it keeps the rules."""
        ...

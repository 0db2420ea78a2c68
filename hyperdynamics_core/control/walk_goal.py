"""What a walk is told, how it is set up and what it says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

from torch import Tensor

from hyperdynamics_core.planning.sequences import ActionPlan


class WalkPhase(IntEnum):
    """Numbers as in action/Walk.action."""

    WAITING = 0
    WALKING = 1
    HOLDING = 2
    LIMP = 3


class WalkCode(IntEnum):
    """Numbers as in action/Walk.action."""

    SUCCESS = 0
    TIME_OUT = 1
    STALE_EXPERT = 2
    STALE_STATE = 3
    CANCELED = 4
    INVALID_GOAL = 5
    NO_PLAN = 6


@dataclass(frozen=True)
class WalkGoal:
    """How far or how long; at least one of them."""

    distance: float = 0.0
    """To walk along x, m; 0: walk for the duration."""
    duration: float = 0.0
    """Of the robot's own time at most, s; 0: no limit."""

    def fault(self) -> str | None:
        """What is wrong with it, in words; None: nothing."""
        for name, value, unit in (("distance", self.distance, "m"), ("duration", self.duration, "s")):
            if not (math.isfinite(value) and value >= 0.0):
                return f"{name} must be 0 or a positive number, got {value} {unit}"
        if self.distance == 0.0 and self.duration == 0.0:
            return "distance and duration are both 0; give one of them"
        return None


@dataclass(frozen=True)
class WalkTaskConfig:
    """Limits of one walk."""

    late_after: float = 1.5
    """An expert older than so many steps of the system counts as late."""
    expert_hold: float = 0.2
    """How long the last valid expert is used when none comes, s of the robot's time; then torques are zero."""
    give_up: float = 2.0
    """How long it waits with zero torques for an expert or a state before the walk ends, s of the robot's time."""
    max_unusable: int = 5
    """Plans in a row without a finite prediction before the walk ends; torques are zero meanwhile."""
    deadline: float = 0.0
    """Time that a plan may take, s of wall time; 0: the system's step."""
    adapt_candidates: bool = False
    """Unroll fewer sequences where plans take too long, and more again when there is time."""
    min_candidates: int = 50
    """Never fewer than this."""
    use_of_deadline: float = 0.8
    """Part of the deadline that a plan may take when candidates are adapted."""

    def __post_init__(self) -> None:
        for name in ("late_after", "expert_hold", "give_up", "deadline"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0.0):
                raise ValueError(f"{name} must be 0 or a positive number, got {value}")
        for name, least in (("max_unusable", 1), ("min_candidates", 2)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} must be at least {least}, got {getattr(self, name)}")
        if not 0.0 < self.use_of_deadline <= 1.0:
            raise ValueError(f"use_of_deadline must lie in (0, 1], got {self.use_of_deadline}")


@dataclass(frozen=True)
class WalkCommand:
    """What the robot is to do in this step."""

    action: Tensor
    """[n_a], -1 to 1; zeros while there is no valid expert or state."""
    phase: WalkPhase
    plan: ActionPlan | None = None
    """None: nothing was planned."""
    note: str = ""
    """Why torques are zero or the expert is old, in words."""


@dataclass(frozen=True)
class WalkFinished:
    """How the walk ended."""

    code: WalkCode
    message: str
    """What happened, in words."""
    distance: float
    """Walked along x, m; NaN: there never was a state."""
    duration: float
    """Of the robot's own time, s."""
    total_return: float
    """Sum of the rewards."""
    steps: int
    """Control steps."""

    @property
    def success(self) -> bool:
        """Whether it did what was asked."""
        return self.code is WalkCode.SUCCESS

"""What the push task says: commands, results and a record of every push."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.planning.problem import Plan


class CommandKind(str, Enum):
    """Why the rod is told to move."""

    PROBE = "probe"
    LIFT = "lift"
    MOVE = "move"
    LOWER = "lower"
    PUSH = "push"
    WAIT = "wait"

    @property
    def is_push(self) -> bool:
        """Whether the step is an interaction that the encoder may learn from."""
        return self in (CommandKind.PROBE, CommandKind.PUSH)


class Phase(IntEnum):
    """Numbers as in action/PushTo.action."""

    WAITING = 0
    PROBING = 1
    PUSHING = 2
    STOPPED = 3


class ResultCode(IntEnum):
    """Numbers as in action/PushTo.action."""

    SUCCESS = 0
    MAX_STEPS = 1
    COLLISION = 2
    OUT_OF_TABLE = 3
    OBJECT_LOST = 4
    STALE_EXPERT = 5
    STALE_STATE = 6
    CANCELED = 7
    INVALID_GOAL = 8
    NO_PLAN = 9


@dataclass(frozen=True)
class Command:
    """One step of the rod."""

    displacement: tuple[float, float, float]
    """Of the end-effector, world frame, m."""
    kind: CommandKind


@dataclass(frozen=True)
class Finished:
    """How the goal ended."""

    code: ResultCode
    message: str
    """What happened, in words."""
    final_distance: float
    """Of the object's position to the goal in x and y, m; NaN where it is not known."""
    steps: int
    """Pushes executed, probing included."""

    @property
    def success(self) -> bool:
        """Whether the object is at the goal."""
        return self.code is ResultCode.SUCCESS


@dataclass
class StepRecord:
    """One push: what was meant, what came of it."""

    step: int
    """Number of the push, from 1, probing included."""
    kind: CommandKind
    distance: float
    """Of the object to the goal before the push, m."""
    before: NDArray[np.float64]
    """[16] state before the push."""
    action: NDArray[np.float64]
    """[3] displacement commanded, m."""
    plan: Plan | None
    """None for a probe by rule of thumb."""
    planning_ms: float
    """NaN for a probe."""
    after: NDArray[np.float64] | None = None
    """[16] state one step later; None while the push goes on."""

    @property
    def predicted_motion(self) -> float:
        """Length of the object's predicted motion in this step, m; NaN without a prediction."""
        if self.plan is None:
            return float("nan")
        return float((self.plan.states[1, :2] - self.plan.states[0, :2]).norm())

    @property
    def real_motion(self) -> float:
        """Length of the object's motion in this step, m; NaN while it goes on."""
        return float("nan") if self.after is None else float(np.linalg.norm(self.after[:2] - self.before[:2]))

    @property
    def error(self) -> float:
        """Distance between the predicted and the real position after this step, m; NaN without a prediction."""
        if self.plan is None or self.after is None:
            return float("nan")
        return float(np.linalg.norm(self.after[:2] - self.plan.states[1, :2].numpy()))

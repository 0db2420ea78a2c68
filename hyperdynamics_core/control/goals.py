"""Whether a goal can be accepted at all."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from hyperdynamics_core.planning.geometry import Workspace


class InvalidGoal(ValueError):
    """A goal that no push can reach; the message says which rule it breaks."""


def check_goal(goal: Sequence[float], tolerance: float, workspace: Workspace) -> None:
    """Accept a goal (x, y), m, world frame, with a tolerance in m.

    Raises:
        InvalidGoal: not finite, too near the table's edge, out of the rod's reach, or a tolerance that is not positive.
    """
    if len(goal) != 2 or not all(math.isfinite(value) for value in goal):
        raise InvalidGoal(f"the goal must be two finite numbers x, y in metres, got {tuple(goal)}")
    if not (math.isfinite(tolerance) and tolerance > 0.0):
        raise InvalidGoal(f"the tolerance must be a positive number of metres, got {tolerance}")
    x, y = float(goal[0]), float(goal[1])
    if max(abs(x), abs(y)) > workspace.goal_half:
        raise InvalidGoal(
            f"the goal ({x:.3f}, {y:.3f}) m is too near the table's edge or beyond it: |x| and |y| must be at most "
            f"{workspace.goal_half:.3f} m; the origin is the table's centre"
        )
    excess = float(workspace.rod_excess(torch.tensor([x, y])))
    if excess > 0.0:
        raise InvalidGoal(
            f"the goal ({x:.3f}, {y:.3f}) m is {excess:.3f} m out of the rod's reach "
            f"({workspace.reach_min:.2f}-{workspace.reach_max:.2f} m around {workspace.reach_centre}); move it inwards"
        )

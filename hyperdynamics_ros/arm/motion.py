"""Displacements of the tip as joint trajectories, refused where they break a limit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_ros.arm.kinematics import ArmKinematics
from hyperdynamics_ros.checks import MessageRefused

Array = NDArray[np.float64]
MISS = 1e-3
"""How far the tip may be off along the way, m."""


HAIR = 5e-3
"""What a joint at its limit may be measured beyond it, rad; from farther away a stop would be a jump."""
HOLD = 0.05
"""Time in which an arm that is told to stay shall have come to rest, s."""


@dataclass(frozen=True)
class MotionLimits:
    """What a trajectory must keep."""

    longest: float = 0.1
    """Displacement, m."""
    half: float = 0.4
    """Tip's |x| and |y| in the world, m."""
    height: float = 0.35
    """Tip's z, m."""
    depth: float = 0.005
    """How far below the table's top the tip may be told to go, m."""
    speed: float = 0.5
    """Parts of the joints' greatest speeds."""
    seconds: float = 0.6
    """Of the motion; the rest of a step is for coming to rest."""
    tilt: float = 0.02
    """Angle by which the tool may lean, rad."""
    points: int = 16
    """Of the trajectory, the start aside."""


@dataclass(frozen=True)
class Motion:
    """A trajectory of the joints."""

    times: Array
    """[N], s from its start."""
    positions: Array
    """[N, n], rad or m."""
    speeds: Array
    """[N, n], rad/s or m/s; the last 0."""


def straight(arm: ArmKinematics, joints: Array, axis: Array, displacement: Array, limits: MotionLimits) -> Motion:
    """The tip goes straight by a displacement [3], softly at both ends, with the tool along an axis [3].

    Raises:
        MessageRefused: it is too long, or leads out of the workspace, the joints' ranges or their speeds.
    """
    start, _ = arm.tip(joints)
    target = start + displacement
    _check_target(displacement, target, limits)
    shares = np.arange(1, limits.points + 1) / limits.points
    along = shares**3 * (10.0 - 15.0 * shares + 6.0 * shares**2)  # least jerk (Flash and Hogan, 1985)
    positions = np.empty((limits.points, len(joints)))
    at = joints
    for index, part in enumerate(along):
        at, missed, tilted = arm.solve(start + part * displacement, axis, at)
        if missed > MISS or tilted > limits.tilt:
            raise MessageRefused(
                "target of the tool's tip", f"{np.round(target, 3).tolist()} m",
                f"cannot be reached within the joints' ranges (off by {1e3 * missed:.0f} mm, {tilted:.2f} rad)",
                "keep nearer to the middle of the arm's reach",
            )  # fmt: skip
        positions[index] = at
    times = shares * limits.seconds
    speeds = np.gradient(np.vstack((joints, positions)), limits.seconds / limits.points, axis=0)[1:]
    speeds[-1] = 0.0
    _check_speeds(arm, speeds, limits)
    return Motion(times, positions, speeds)


def staying(joints: Array, lower: Array, upper: Array) -> Motion:
    """At joint positions [n], at once; joints a hair beyond their limits [n] stay at these: drivers refuse others."""
    nearest = np.clip(joints, lower, upper)
    place = np.where(np.abs(nearest - joints) <= HAIR, nearest, joints)
    return Motion(np.array((HOLD,)), place[None], np.zeros((1, len(joints))))


def _check_target(displacement: Array, target: Array, limits: MotionLimits) -> None:
    length = float(np.linalg.norm(displacement))
    if length > limits.longest:
        raise MessageRefused("length of the displacement", f"{length:.4f} m", f"must be at most {limits.longest} m",
                             "send shorter displacements, or raise max_displacement")  # fmt: skip
    if np.abs(target[:2]).max() > limits.half or not -limits.depth <= target[2] <= limits.height:
        raise MessageRefused(
            "target of the tool's tip", f"{np.round(target, 3).tolist()} m",
            f"must keep |x|, |y| <= {limits.half} m and a height of {-limits.depth} to {limits.height} m",
            "stay over the table",
        )  # fmt: skip


def _check_speeds(arm: ArmKinematics, speeds: Array, limits: MotionLimits) -> None:
    share = np.abs(speeds).max(0) / arm.chain.speed
    worst = int(share.argmax())
    if share[worst] > limits.speed:
        raise MessageRefused(
            f"speed of joint {arm.chain.names[worst]!r}", f"{share[worst]:.2f} of its greatest",
            f"must be at most {limits.speed}", "send shorter displacements, or give the motion more time",
        )  # fmt: skip

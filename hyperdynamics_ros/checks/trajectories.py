"""Check of trajectories for joints, as an arm's driver makes it before the arm moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_ros.checks.rules import NANOSECONDS, MessageRefused, require_finite, require_size, require_stamp

Array = NDArray[np.float64]


@dataclass(frozen=True)
class JointLimits:
    """What an arm's trajectories must keep."""

    names: tuple[str, ...]
    """Of its joints."""
    lower: Array
    """[n] least positions, rad."""
    upper: Array
    """[n] greatest, rad."""
    speed: Array
    """[n] greatest speeds, rad/s."""


def check_joint_trajectory(message: Any, limits: JointLimits) -> None:
    """trajectory_msgs/JointTrajectory: the arm's joints in any order, finite, ascending times, within its limits."""
    require_stamp(message.header.stamp)
    if sorted(message.joint_names) != sorted(limits.names):
        raise MessageRefused("joint_names", list(message.joint_names), f"must be {list(limits.names)} in any order",
                             "give the arm's own URDF to whoever sends trajectories")  # fmt: skip
    if not message.points:
        raise MessageRefused("points", "none", "must be one or more", "send a point to stay at, to stop the arm")
    times, positions, speeds = trajectory_points(message, limits.names)
    if times[0] <= 0.0 or (np.diff(times) <= 0.0).any():
        raise MessageRefused("time_from_start of the points", np.round(times, 4).tolist(),
                             "must be above 0 and rise", "give each point a time of its own")  # fmt: skip
    low, high = positions.min(axis=0), positions.max(axis=0)
    _require_within("position", np.where(low < limits.lower, low, high), limits.lower, limits.upper, "rad", limits)
    _require_within("speed", np.abs(speeds).max(axis=0), -limits.speed, limits.speed, "rad/s", limits)


def check_start(times: Array, positions: Array, here: Array, limits: JointLimits) -> None:
    """From joint positions ``here`` [n] through all points, times [N] s and positions [N, n], no joint is too fast.

    Raises:
        MessageRefused: a joint would be.
    """
    mean = np.diff(np.vstack((here, positions)), axis=0) / np.diff(times, prepend=0.0)[:, None]
    _require_within("mean speed between points", np.abs(mean).max(axis=0), -limits.speed, limits.speed, "rad/s", limits)


def trajectory_points(message: Any, names: tuple[str, ...]) -> tuple[Array, Array, Array]:
    """Times [N] (s), positions and speeds [N, n] with the joints in the order of ``names``, which it must hold.

    Without velocities the arm stops at each point.

    Raises:
        MessageRefused: a point of another size, or a number that is not finite.
    """
    count, order = len(names), [list(message.joint_names).index(name) for name in names]
    positions, speeds = np.zeros((len(message.points), count)), np.zeros((len(message.points), count))
    for index, point in enumerate(message.points):
        require_size(f"points[{index}].positions", len(point.positions), count, "one a joint")
        require_finite(f"points[{index}].positions", point.positions)
        positions[index] = np.asarray(point.positions)[order]
        if len(point.velocities):
            require_size(f"points[{index}].velocities", len(point.velocities), count, "one a joint, or none")
            require_finite(f"points[{index}].velocities", point.velocities)
            speeds[index] = np.asarray(point.velocities)[order]
    starts = [point.time_from_start for point in message.points]
    times = np.array([moment.sec + moment.nanosec / NANOSECONDS for moment in starts])
    return times, positions, speeds


def _require_within(what: str, values: Array, low: Array, high: Array, unit: str, limits: JointLimits) -> None:
    wrong = np.flatnonzero((values < low) | (values > high))
    if len(wrong):
        joint = int(wrong[0])
        raise MessageRefused(
            f"{what} of joint {limits.names[joint]!r}", f"{values[joint]:.3f} {unit}",
            f"must be {low[joint]:.3f} to {high[joint]:.3f} {unit}", "plan within the limits of the arm's URDF",
        )  # fmt: skip

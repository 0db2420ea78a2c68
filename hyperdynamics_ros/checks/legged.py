"""Checks of what legged robots say and are told."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from hyperdynamics_core.systems.legged import LeggedSystem
from hyperdynamics_ros.checks.geometry import check_odometry
from hyperdynamics_ros.checks.rules import MessageRefused, require_finite, require_size
from hyperdynamics_ros.checks.sensors import check_joint_states, require_joints

TORQUE_TOLERANCE = 1e-6
"""Part by which a torque may exceed its joint's greatest one: rounding."""
MAX_ABSOLUTE = 1e4
"""Positions, speeds and efforts beyond this are no robot's, SI units."""
MAX_WALK = 1e5
"""Longest distance (m) and duration (s) of a goal."""


def check_legged_joints(message: Any, system: LeggedSystem) -> None:
    """sensor_msgs/JointState of one robot: its joints among the names, positions and velocities, finite, plausible."""
    check_joint_states(message)
    remedy = "start bridge, nodes and model for one robot, or correct the driver's joint names"
    require_joints(message, system.joint_names, system.name, remedy)
    require_size("velocity", len(message.velocity), len(message.name), "one a name")
    for field in ("position", "velocity", "effort"):
        require_plausible(field, getattr(message, field))


def require_plausible(what: str, values: Any) -> None:
    """No number beyond what a robot can do: such a state would only mislead the networks."""
    worst = max((abs(value) for value in values), default=0.0)
    if worst > MAX_ABSOLUTE:
        raise MessageRefused(
            what, f"{worst:.3g}", f"must be at most {MAX_ABSOLUTE:g} in absolute value", "look for a failed sensor"
        )


def check_base_odometry(message: Any) -> None:
    """nav_msgs/Odometry of a robot's base: as ``check_odometry``, speeds plausible."""
    check_odometry(message)
    linear, angular = message.twist.twist.linear, message.twist.twist.angular
    require_plausible("twist.twist", (linear.x, linear.y, linear.z, angular.x, angular.y, angular.z))


def check_torques(message: Any, system: LeggedSystem) -> None:
    """std_msgs/Float64MultiArray as a command: one finite torque a joint, N m, within the joint's limits."""
    count = len(system.joint_names)
    require_size("data", len(message.data), count, f"a torque for each joint of {system.name}")
    torques = np.frombuffer(message.data, dtype=np.float64)
    require_finite("data", torques)
    for name, torque, limit in zip(system.joint_names, torques, system.max_torques, strict=True):
        if abs(torque) > limit * (1.0 + TORQUE_TOLERANCE):
            raise MessageRefused(
                f"torque of {name}",
                f"{torque:.3f} N m",
                f"must be at most {limit:g} N m in absolute value",
                "limit the controller's output",
            )
    label = message.layout.dim[0].label if len(message.layout.dim) else ""
    if label and not label.isdecimal():
        raise MessageRefused(
            "layout.dim[0].label", repr(label), "must be empty, or the stamp of a state in ns", "leave it empty"
        )


def check_walk_goal(goal: Any) -> None:
    """Goal of hyperdynamics/Walk: finite, not negative, a distance or a duration or both."""
    for field in ("distance", "duration"):
        value = getattr(goal, field)
        require_finite(field, (value,))
        if not 0.0 <= value <= MAX_WALK:
            raise MessageRefused(field, value, f"must be 0 to {MAX_WALK:g}", _walk_remedy(field, value))
    if math.isclose(goal.distance, 0.0) and math.isclose(goal.duration, 0.0):
        raise MessageRefused(
            "distance and duration", "0 and 0", "one of them must be more than 0", "say how far or how long to walk"
        )


def _walk_remedy(field: str, value: float) -> str:
    if value > 0.0:
        return "send several shorter walks"
    return {"distance": "walk along x, forward", "duration": "give 0 for no limit"}[field]

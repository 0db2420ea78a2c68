"""Checks of poses, odometry and commands."""

from __future__ import annotations

import math
from typing import Any

from hyperdynamics_ros.checks.rules import (
    WORLD_FRAME,
    MessageRefused,
    require_finite,
    require_frame,
    require_stamp,
    require_unit_quaternion,
)


def _check_pose_part(what: str, pose: Any) -> None:
    position = pose.position
    require_finite(f"{what}.position", (position.x, position.y, position.z))
    require_unit_quaternion(f"{what}.orientation", pose.orientation)


def check_pose(message: Any, frame: str = WORLD_FRAME) -> None:
    """geometry_msgs/PoseStamped: frame, finite position, unit quaternion."""
    require_stamp(message.header.stamp)
    require_frame(message.header.frame_id, frame)
    _check_pose_part("pose", message.pose)


def check_odometry(message: Any, frame: str = WORLD_FRAME) -> None:
    """nav_msgs/Odometry: frame, finite pose and twist, unit quaternion, a frame for the twist."""
    require_stamp(message.header.stamp)
    require_frame(message.header.frame_id, frame)
    if not message.child_frame_id:
        raise MessageRefused(
            "child_frame_id",
            "''",
            "must name the frame of the twist",
            f"set it to the object's frame, or to {frame!r} for a twist in that frame",
        )
    _check_pose_part("pose.pose", message.pose.pose)
    linear, angular = message.twist.twist.linear, message.twist.twist.angular
    require_finite("twist.twist.linear", (linear.x, linear.y, linear.z))
    require_finite("twist.twist.angular", (angular.x, angular.y, angular.z))


def check_displacement(message: Any, limit: float, frame: str = WORLD_FRAME) -> None:
    """geometry_msgs/Vector3Stamped as a command: frame, finite, no longer than limit (m)."""
    require_stamp(message.header.stamp)
    require_frame(message.header.frame_id, frame)
    vector = message.vector
    require_finite("vector", (vector.x, vector.y, vector.z))
    length = math.sqrt(vector.x**2 + vector.y**2 + vector.z**2)
    if length > limit:
        raise MessageRefused(
            "length of the displacement",
            f"{length:.4f} m",
            f"must be at most {limit:.4f} m a step",
            "send shorter displacements, or raise max_displacement",
        )

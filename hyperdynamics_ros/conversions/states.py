"""Push states [16] (docs/architecture.md) as Odometry of the object and PoseStamped of the end-effector."""

from __future__ import annotations

from typing import Any

import numpy as np
from geometry_msgs.msg import PoseStamped, Quaternion, Vector3Stamped
from nav_msgs.msg import Odometry
from numpy.typing import NDArray

from hyperdynamics_ros.checks.rules import WORLD_FRAME
from hyperdynamics_ros.conversions.arrays import from_xyz, point, time_message, vector

OBJECT_FRAME = "object"
"""Child frame of the object's odometry."""


def quaternion(xyzw: Any) -> Quaternion:
    """Four numbers xyzw as geometry_msgs/Quaternion."""
    return Quaternion(x=float(xyzw[0]), y=float(xyzw[1]), z=float(xyzw[2]), w=float(xyzw[3]))


def from_quaternion(message: Any) -> NDArray[np.float64]:
    """[4] xyzw."""
    return np.array((message.x, message.y, message.z, message.w))


def rotation_matrix(xyzw: NDArray[np.float64]) -> NDArray[np.float64]:
    """[3, 3] matrix of a unit quaternion [4] xyzw."""
    x, y, z, w = xyzw
    return np.array(
        (
            (1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
            (2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
            (2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)),
        )
    )


def pose_message(position: Any, xyzw: Any, stamp_ns: int, frame: str = WORLD_FRAME) -> PoseStamped:
    """geometry_msgs/PoseStamped of a position [3] and a quaternion [4] xyzw."""
    message = PoseStamped()
    message.header.stamp, message.header.frame_id = time_message(stamp_ns), frame
    message.pose.position, message.pose.orientation = point(position), quaternion(xyzw)
    return message


def odometry_message(state: NDArray[Any], stamp_ns: int) -> Odometry:
    """The object's part of a push state [16]; the twist in the object's own frame, as nav_msgs asks."""
    message = Odometry(child_frame_id=OBJECT_FRAME)
    message.header.stamp, message.header.frame_id = time_message(stamp_ns), WORLD_FRAME
    message.pose.pose.position = point(state[0:3])
    message.pose.pose.orientation = quaternion(state[3:7])
    object_from_world = rotation_matrix(np.asarray(state[3:7], dtype=np.float64)).T
    message.twist.twist.linear = vector(object_from_world @ state[7:10])
    message.twist.twist.angular = vector(object_from_world @ state[10:13])
    return message


def end_effector_message(state: NDArray[Any], stamp_ns: int) -> PoseStamped:
    """The rod tip of a push state [16]; the rod points down, its orientation is not part of the state."""
    return pose_message(state[13:16], (1.0, 0.0, 0.0, 0.0), stamp_ns)


def displacement_message(xyz: Any, stamp_ns: int) -> Vector3Stamped:
    """A displacement [3] (m) as a command that answers the state of a stamp."""
    message = Vector3Stamped(vector=vector(xyz))
    message.header.stamp, message.header.frame_id = time_message(stamp_ns), WORLD_FRAME
    return message


def push_state(odometry: Any, end_effector: Any) -> NDArray[np.float64]:
    """[16] from checked Odometry and PoseStamped; twists in the object's frame are turned into the world's."""
    pose, twist = odometry.pose.pose, odometry.twist.twist
    xyzw = from_quaternion(pose.orientation)
    xyzw = xyzw / np.linalg.norm(xyzw)
    in_world = odometry.child_frame_id == odometry.header.frame_id
    world_from_twist = np.eye(3) if in_world else rotation_matrix(xyzw)
    linear, angular = world_from_twist @ from_xyz(twist.linear), world_from_twist @ from_xyz(twist.angular)
    return np.concatenate((from_xyz(pose.position), xyzw, linear, angular, from_xyz(end_effector.pose.position)))

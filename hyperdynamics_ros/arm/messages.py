"""Joint states, trajectories and the tip's pose as messages."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np
from builtin_interfaces.msg import Duration
from geometry_msgs.msg import PoseStamped, Quaternion
from numpy.typing import NDArray
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from hyperdynamics_ros.arm.motion import Motion
from hyperdynamics_ros.checks import WORLD_FRAME, MessageRefused
from hyperdynamics_ros.conversions.arrays import point

Array = NDArray[np.float64]


def positions_of(message: Any, names: Sequence[str]) -> Array:
    """Positions [n] of the named joints of a checked sensor_msgs/JointState.

    Raises:
        MessageRefused: one of them is not in it.
    """
    places = {name: index for index, name in enumerate(message.name)}
    if missing := [name for name in names if name not in places]:
        raise MessageRefused("name", list(message.name), f"must hold {missing[0]!r}", "start the driver of this arm")
    return np.array([message.position[places[name]] for name in names])


def trajectory_message(names: Sequence[str], motion: Motion) -> JointTrajectory:
    """For ros2_control's joint trajectory controller; its stamp of 0 means: begin at once."""
    message = JointTrajectory(joint_names=list(names))
    message.header.frame_id = WORLD_FRAME
    for seconds, positions, speeds in zip(motion.times, motion.positions, motion.speeds, strict=True):
        whole, part = divmod(round(float(seconds) * 1e9), 1_000_000_000)
        message.points.append(
            JointTrajectoryPoint(
                positions=array("d", positions), velocities=array("d", speeds),
                time_from_start=Duration(sec=whole, nanosec=part),
            )
        )  # fmt: skip
    return message


def pose_message(position: Array, rotation: Array, stamp: Any) -> PoseStamped:
    """The tip's pose, from its position [3] and rotation [3, 3] in the world."""
    message = PoseStamped()
    message.header.stamp, message.header.frame_id = stamp, WORLD_FRAME
    message.pose.position = point(position)
    x, y, z, w = quaternion_of(rotation)
    message.pose.orientation = Quaternion(x=x, y=y, z=z, w=w)
    return message


def quaternion_of(rotation: Array) -> tuple[float, float, float, float]:
    """xyzw of a rotation [3, 3], w not negative."""
    from scipy.spatial.transform import Rotation

    x, y, z, w = Rotation.from_matrix(rotation).as_quat(canonical=True).tolist()
    return x, y, z, w

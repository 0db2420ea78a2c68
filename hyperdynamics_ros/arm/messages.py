"""Trajectories as messages."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from builtin_interfaces.msg import Duration
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from hyperdynamics_ros.arm.motion import Motion
from hyperdynamics_ros.checks import WORLD_FRAME


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

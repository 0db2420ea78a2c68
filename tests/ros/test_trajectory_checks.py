"""Trajectories for an arm's joints: good ones pass in any order of joints, each broken rule is named."""

from __future__ import annotations

import numpy as np
import pytest
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from hyperdynamics_ros.checks import MessageRefused
from hyperdynamics_ros.checks.trajectories import JointLimits, check_joint_trajectory, check_start, trajectory_points

NAMES = ("shoulder", "elbow")
LIMITS = JointLimits(NAMES, np.array((-1.0, -2.0)), np.array((1.0, 2.0)), np.array((1.5, 3.0)))
NAN = float("nan")


def trajectory(*points, names=NAMES):
    """Points are (time, positions) or (time, positions, velocities)."""
    message = JointTrajectory(joint_names=names)
    for time, positions, *velocities in points:
        point = JointTrajectoryPoint(positions=positions, velocities=velocities[0] if velocities else [])
        point.time_from_start.sec, point.time_from_start.nanosec = int(time), round(1e9 * (time % 1))
        message.points.append(point)
    return message


def test_points_come_in_the_arms_own_order_of_joints():
    message = trajectory((0.5, [0.2, 0.1], [0.4, 0.3]), (1.25, [0.6, 0.5]), names=("elbow", "shoulder"))
    check_joint_trajectory(message, LIMITS)
    times, positions, speeds = trajectory_points(message, NAMES)
    assert times.tolist() == [0.5, 1.25]
    assert positions.tolist() == [[0.1, 0.2], [0.5, 0.6]]
    assert speeds.tolist() == [[0.3, 0.4], [0.0, 0.0]], "without velocities it stops"


def test_the_limits_themselves_are_allowed():
    check_joint_trajectory(trajectory((0.1, [1.0, -2.0], [-1.5, 3.0])), LIMITS)


BROKEN = [
    (trajectory((1.0, [0.0]), names=("shoulder",)), r"joint_names is \['shoulder'\]: must be \['shoulder', 'elbow'\]"),
    (trajectory((1.0, [0.0] * 3), names=(*NAMES, "wrist")), "joint_names"),
    (trajectory((1.0, [0.0, 0.0]), names=("elbow", "elbow")), "joint_names"),
    (trajectory(), "points is none: must be one or more"),
    (trajectory((1.0, [0.0])), r"points\[0\].positions"),
    (trajectory((1.0, [0.0, 0.0]), (2.0, [0.0, NAN])), r"points\[1\].positions.*finite"),
    (trajectory((1.0, [0.0, 0.0], [0.1])), r"points\[0\].velocities.*one a joint, or none"),
    (trajectory((1.0, [0.0, 0.0], [NAN, 0.0])), r"points\[0\].velocities.*finite"),
    (trajectory((0.0, [0.0, 0.0])), r"time_from_start of the points is \[0\.0\]: must be above 0 and rise"),
    (trajectory((1.0, [0.0, 0.0]), (1.0, [0.1, 0.0])), "must be above 0 and rise"),
    (trajectory((1.0, [0.0, 0.0]), (0.5, [0.1, 0.0])), "must be above 0 and rise"),
    (trajectory((1.0, [1.2, 0.0])), r"position of joint 'shoulder' is 1\.200 rad: must be -1\.000 to 1\.000 rad"),
    (trajectory((1.0, [0.0, 0.0]), (2.0, [0.0, -2.5])), "position of joint 'elbow' is -2.500 rad"),
    (trajectory((1.0, [0.0, 0.0], [0.0, -3.5])), "speed of joint 'elbow' is 3.500 rad/s.*limits of the arm's URDF"),
]


@pytest.mark.parametrize(("message", "words"), BROKEN)
def test_each_broken_rule_is_named(message, words):
    with pytest.raises(MessageRefused, match=words):
        check_joint_trajectory(message, LIMITS)


def test_a_stamp_that_is_none_is_refused():
    message = trajectory((1.0, [0.0, 0.0]))
    message.header.stamp.nanosec = 2_000_000_000
    with pytest.raises(MessageRefused, match="header.stamp"):
        check_joint_trajectory(message, LIMITS)


def test_from_where_the_arm_is_no_joint_is_too_fast():
    times, positions = np.array((0.5, 1.0)), np.array(((0.5, 0.0), (0.5, 1.4)))
    check_start(times, positions, np.zeros(2), LIMITS)
    with pytest.raises(MessageRefused, match=r"mean speed between points of joint 'shoulder' is 2\.600 rad/s: must be"):
        check_start(times, positions, np.array((-0.8, 0.0)), LIMITS)
    positions[1, 1] = 1.6
    with pytest.raises(MessageRefused, match="mean speed between points of joint 'elbow' is 3.200"):
        check_start(times, positions, np.zeros(2), LIMITS)

"""States of legged robots (``hyperdynamics_core.systems.legged``) as JointState and Odometry, and back.

Odometry: pose of the base in ``world``, twist in the base's own frame, as nav_msgs asks. The planar cheetah's pitch
travels as a quaternion about y; where it is said in several turns, ``legged_state`` gives the one within half a turn.
Efforts are the torques that acted during the step that ended at the message's stamp.
"""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING, Any

import numpy as np
from geometry_msgs.msg import Point, Quaternion, Vector3
from nav_msgs.msg import Odometry
from numpy.typing import NDArray
from sensor_msgs.msg import JointState

from hyperdynamics_ros.checks.rules import WORLD_FRAME
from hyperdynamics_ros.conversions.arrays import from_xyz, point, time_message, vector
from hyperdynamics_ros.conversions.states import from_quaternion, quaternion, rotation_matrix

if TYPE_CHECKING:
    from hyperdynamics_core.systems.legged import LeggedSystem

Array = NDArray[np.float64]
BASE_FRAME = "base_link"
"""Child frame of the robot's odometry."""


def double_field(values: Any) -> array[float]:
    """Numbers as a float64[] field."""
    return array("d", np.ascontiguousarray(values, dtype=np.float64).tobytes())


def joint_state_message(system: LeggedSystem, state: Array, torques: Array, stamp_ns: int) -> JointState:
    """Joints of a state [n_s] in the order of ``joint_names``; torques [n_a] of the step that ended now, N m."""
    message = JointState(name=list(system.joint_names))
    message.header.stamp = time_message(stamp_ns)
    message.position = double_field(state[system.joints])
    message.velocity = double_field(state[system.rates])
    message.effort = double_field(torques)
    return message


def odometry_message(system: LeggedSystem, state: Array, stamp_ns: int) -> Odometry:
    """The base of a state [n_s]."""
    message = Odometry(child_frame_id=BASE_FRAME)
    message.header.stamp, message.header.frame_id = time_message(stamp_ns), WORLD_FRAME
    pose, twist = message.pose.pose, message.twist.twist
    if system.orientation is None:
        _fill_planar(pose, twist, [float(number) for number in (*state[:3], *_base_rates(system, state))])
    else:
        xyzw = state[system.orientation]
        rates = _base_rates(system, state)
        pose.position, pose.orientation = point(state[:3]), quaternion(xyzw)
        twist.linear = vector(rotation_matrix(xyzw).T @ rates[:3])
        twist.angular = vector(rates[3:6])
    return message


def legged_state(system: LeggedSystem, joints: Any, odometry: Any) -> Array:
    """[n_s] from a JointState that has the system's joints and an Odometry, both checked."""
    pose, twist = odometry.pose.pose, odometry.twist.twist
    in_world = odometry.child_frame_id == odometry.header.frame_id
    base, rates = (_planar if system.orientation is None else _spatial)(pose, twist, in_world)
    positions, velocities = (of_joints(system.joint_names, joints, field) for field in ("position", "velocity"))
    return np.concatenate((base, positions, rates, velocities))


def of_joints(names: tuple[str, ...], joints: Any, field: str) -> Array:
    """[n] numbers of a JointState's field in the order of these names; further joints are left out."""
    values = np.frombuffer(getattr(joints, field), dtype=np.float64)
    if tuple(joints.name) == names:
        return values
    places = {name: index for index, name in enumerate(joints.name)}
    return values[[places[name] for name in names]]


def _base_rates(system: LeggedSystem, state: Array) -> Array:
    return state[system.joints.stop : system.rates.start]


def _fill_planar(pose: Any, twist: Any, numbers: list[float]) -> None:
    x, z, pitch, forward, up, rate = numbers
    cosine, sine = math.cos(pitch), math.sin(pitch)
    pose.position = Point(x=x, y=0.0, z=z)
    pose.orientation = Quaternion(x=0.0, y=math.sin(0.5 * pitch), z=0.0, w=math.cos(0.5 * pitch))
    twist.linear = Vector3(x=cosine * forward - sine * up, y=0.0, z=sine * forward + cosine * up)
    twist.angular = Vector3(x=0.0, y=rate, z=0.0)


def _planar(pose: Any, twist: Any, in_world: bool) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """x, z, pitch and their rates; what leaves the plane is left out."""
    pitch = math.remainder(2.0 * math.atan2(pose.orientation.y, pose.orientation.w), math.tau)
    forward, up = twist.linear.x, twist.linear.z
    if not in_world:
        cosine, sine = math.cos(pitch), math.sin(pitch)
        forward, up = cosine * forward + sine * up, cosine * up - sine * forward
    return (pose.position.x, pose.position.z, pitch), (forward, up, twist.angular.y)


def _spatial(pose: Any, twist: Any, in_world: bool) -> tuple[Array, Array]:
    """Position and quaternion; linear velocity in the world's frame, angular velocity in the base's."""
    xyzw = from_quaternion(pose.orientation)
    xyzw /= math.sqrt(float(xyzw @ xyzw))
    world_from_base = rotation_matrix(xyzw)
    linear, angular = from_xyz(twist.linear), from_xyz(twist.angular)
    if in_world:
        angular = world_from_base.T @ angular
    else:
        linear = world_from_base @ linear
    return np.concatenate((from_xyz(pose.position), xyzw)), np.concatenate((linear, angular))

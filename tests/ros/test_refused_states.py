"""Controllers that hear nothing but what they must refuse say so, and why, instead of calling it silence."""

from __future__ import annotations

import math

import numpy as np
from geometry_msgs.msg import PoseStamped
from hyperdynamics.action import PushTo, Walk
from nav_msgs.msg import Odometry
from sensor_msgs.msg import JointState

from hyperdynamics_core.systems.legged import CHEETAH
from hyperdynamics_ros.conversions.legged import odometry_message
from tests.ros import messages
from tests.ros.processes import running


def result_of(listener, action, name, goal, tell, publishers):
    """Of a goal during which tell is called all the time, after its publishers are heard."""
    client = listener.goal_client(action, name)
    listener.until(lambda: all(each.get_subscription_count() for each in publishers), "the node's subscriptions")
    listener.node.create_timer(0.05, tell)
    ended = client.send(goal, lambda word: None).get_result_async()
    listener.until(ended.done, "the result")
    return ended.result().result


def test_joint_states_that_are_not_finite_are_not_called_silence(listener):
    joints, odometry = listener.publisher(JointState, "joint_states"), listener.publisher(Odometry, "odom")
    message = JointState(name=list(CHEETAH.joint_names), position=[math.nan] * 6, velocity=[0.0] * 6)

    def tell():
        stamp = listener.node.get_clock().now()
        message.header.stamp = stamp.to_msg()
        joints.publish(message)
        odometry.publish(odometry_message(CHEETAH, np.zeros(18), stamp.nanoseconds))

    with running("mpc_controller", system="cheetah", state_timeout=1.5):
        result = result_of(listener, Walk, "walk", Walk.Goal(duration=5.0), tell, (joints, odometry))
    assert result.code == Walk.Result.STALE_STATE
    assert result.message.startswith("every message on joint_states was refused: position[0] is nan: must be finite")
    assert "odom" not in result.message


def test_poses_of_another_frame_are_not_called_silence(listener):
    poses, odometry = listener.publisher(PoseStamped, "end_effector/pose"), listener.publisher(Odometry, "object/odom")
    pose, tracked = messages.pose(), messages.odometry()
    pose.header.frame_id = "map"

    def tell():
        pose.header.stamp = tracked.header.stamp = listener.node.get_clock().now().to_msg()
        poses.publish(pose)
        odometry.publish(tracked)

    goal = PushTo.Goal()
    goal.goal.header.frame_id, goal.goal.pose.orientation.w = "world", 1.0
    with running("mpc_controller", state_timeout=1.5):
        result = result_of(listener, PushTo, "push_to", goal, tell, (poses, odometry))
    assert result.code == PushTo.Result.STALE_STATE
    assert result.message.startswith("every message on end_effector/pose was refused: header.frame_id is 'map'")
    assert "object/odom" not in result.message

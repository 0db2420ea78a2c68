"""Checks of messages at a node's border: one function a message type, each raises ``MessageRefused``."""

from hyperdynamics_ros.checks.geometry import check_displacement, check_odometry, check_pose
from hyperdynamics_ros.checks.interfaces import (
    check_detected_objects,
    check_expert_weights,
    check_generate_request,
    check_interaction_history,
    check_latent_code,
    check_push_goal,
)
from hyperdynamics_ros.checks.legged import (
    check_base_odometry,
    check_legged_joints,
    check_torques,
    check_walk_goal,
)
from hyperdynamics_ros.checks.rules import SYSTEMS, WORLD_FRAME, MessageRefused, stamp_ns
from hyperdynamics_ros.checks.sensors import (
    check_camera_info,
    check_color_image,
    check_depth_image,
    check_joint_states,
)

__all__ = [
    "SYSTEMS",
    "WORLD_FRAME",
    "MessageRefused",
    "check_base_odometry",
    "check_camera_info",
    "check_color_image",
    "check_depth_image",
    "check_detected_objects",
    "check_displacement",
    "check_expert_weights",
    "check_generate_request",
    "check_interaction_history",
    "check_joint_states",
    "check_latent_code",
    "check_legged_joints",
    "check_odometry",
    "check_pose",
    "check_push_goal",
    "check_torques",
    "check_walk_goal",
    "stamp_ns",
]

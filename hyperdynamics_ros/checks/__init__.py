"""Checks of messages at a node's border: one function a message type, each raises ``MessageRefused``.

Each name is imported from its module when it is first asked for: the checks of our own messages know the method's
systems and so bring PyTorch, without which a recorder or an arm's adapter starts two seconds sooner.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    from hyperdynamics_ros.checks.rules import WORLD_FRAME, MessageRefused, stamp_ns
    from hyperdynamics_ros.checks.sensors import (
        check_camera_info,
        check_color_image,
        check_depth_image,
        check_joint_states,
    )
    from hyperdynamics_ros.checks.systems import SYSTEMS

_HOMES = {
    "geometry": ("check_displacement", "check_odometry", "check_pose"),
    "interfaces": (
        "check_detected_objects",
        "check_expert_weights",
        "check_generate_request",
        "check_interaction_history",
        "check_latent_code",
        "check_push_goal",
    ),
    "legged": ("check_base_odometry", "check_legged_joints", "check_torques", "check_walk_goal"),
    "rules": ("WORLD_FRAME", "MessageRefused", "stamp_ns"),
    "sensors": ("check_camera_info", "check_color_image", "check_depth_image", "check_joint_states"),
    "systems": ("SYSTEMS",),
}

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


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

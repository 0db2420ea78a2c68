"""Names of the topics in a bag of pushes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PushTopics:
    """Names in the bag."""

    odom: str = "/object/odom"
    """nav_msgs/Odometry of the object."""
    end_effector: str = "/end_effector/pose"
    """geometry_msgs/PoseStamped of the rod's tip."""
    commands: str = "/end_effector/displacement"
    """geometry_msgs/Vector3Stamped, displacements."""
    episode: str = "/episode"
    """std_msgs/UInt32, another number after every reset."""
    scene: str = "/scene"
    """std_msgs/String, JSON of the simulator's bridge about the episode."""
    refused: str = "/command_refused"
    """std_msgs/String, after a command that was not carried out."""
    color: str = "/camera/color/image_raw"
    """sensor_msgs/Image, rgb8."""
    depth: str = "/camera/depth/image_raw"
    """sensor_msgs/Image, registered to colour."""
    camera_info: str = "/camera/color/camera_info"
    """sensor_msgs/CameraInfo."""
    camera_pose: str = "/camera/pose"
    """geometry_msgs/PoseStamped of the optical frame."""

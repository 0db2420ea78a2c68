"""What the cell says: the topics of docs/hardware.md, and nothing else but the scene in words."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import numpy as np
from geometry_msgs.msg import PoseStamped
from nav_msgs.msg import Odometry
from numpy.typing import NDArray
from sensor_msgs.msg import CameraInfo, Image, JointState
from std_msgs.msg import String, UInt32

from hyperdynamics_ros.conversions import images, states
from hyperdynamics_ros.conversions.arrays import time_message
from hyperdynamics_ros.node import IMAGES, LATCHED, CheckedNode
from sim_bridges.cell.episodes import CellEpisode
from sim_bridges.cell.photographer import Photo
from sim_bridges.cell.tracker import Track

Array = NDArray[np.float64]


class CellTeller:
    """Publishers of the cell."""

    def __init__(self, node: CheckedNode, names: Sequence[str]) -> None:
        """names: of the joints."""
        self._names = list(names)
        self._joints = node.talk(JointState, "joint_states")
        self._odometry = node.talk(Odometry, "object/odom")
        self._color = node.talk(Image, "camera/color/image_raw", IMAGES)
        self._depth = node.talk(Image, "camera/depth/image_raw", IMAGES)
        self._info = node.talk(CameraInfo, "camera/color/camera_info", IMAGES)
        self._pose = node.talk(PoseStamped, "camera/pose", IMAGES)
        self._episode = node.talk(UInt32, "episode", LATCHED)
        self._scene = node.talk(String, "scene", LATCHED)
        self._goal = node.talk(PoseStamped, "suggested_goal", LATCHED)

    @property
    def watched(self) -> bool:
        """Whether anybody looks at the camera."""
        return self._color.wanted or self._depth.wanted

    def episode(self, episode: CellEpisode, stamp: int) -> None:
        """The cell was set up anew."""
        self._episode.publish(UInt32(data=episode.number))
        self._scene.publish(String(data=episode.as_json()))
        self._goal.publish(states.pose_message((*episode.goal, 0.0), (0.0, 0.0, 0.0, 1.0), stamp))

    def joints(self, positions: Array, speeds: Array, efforts: Array, stamp: int) -> None:
        """The arm's joints [n]: rad, rad/s, N m."""
        message = JointState(name=self._names)
        message.header.stamp = time_message(stamp)
        message.position, message.velocity = array("d", positions), array("d", speeds)
        message.effort = array("d", efforts)
        self._joints.publish(message)

    def track(self, track: Track) -> None:
        """A measurement of the object."""
        state = np.concatenate((track.position, track.xyzw, track.velocity, track.turning))
        self._odometry.publish(states.odometry_message(state, track.stamp))

    def photo(self, photo: Photo) -> None:
        """A picture with its camera."""
        camera, stamp = photo.frame.camera, photo.stamp
        self._info.publish(images.camera_info_message(camera, stamp))
        self._pose.publish(images.camera_pose_message(camera, stamp))
        self._depth.publish(images.depth_message(photo.frame.depth, stamp, "16UC1"))
        self._color.publish(images.color_message(photo.frame.rgb, stamp))

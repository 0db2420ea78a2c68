"""The camera's pose from tf: for every camera info, where its frame was at that moment, as ``camera/pose``.

Perception and recordings know one way alone by which a camera tells where it is, the topic; this node stands between
for robots that keep their frames in tf. tf2_ros is no package of the wheels: it is asked for where the node is used.
"""

from __future__ import annotations

import time
from collections import deque
from typing import Any

from diagnostic_msgs.msg import DiagnosticStatus
from geometry_msgs.msg import PoseStamped
from rclpy.time import Time
from sensor_msgs.msg import CameraInfo

from hyperdynamics_ros.checks import check_camera_info, check_pose
from hyperdynamics_ros.checks.rules import WORLD_FRAME, MessageRefused
from hyperdynamics_ros.node import IMAGES, CheckedNode, NodeFailure
from hyperdynamics_ros.parameters import Parameter

INFO = "camera/color/camera_info"
LOOK_PERIOD = 0.02
"""Between two looks for a transform that is not there yet, s."""
KEPT = 8
"""Camera infos that wait for their transforms at most."""
TABLE = (
    Parameter("world_frame", WORLD_FRAME, "tf's frame at the table's centre on its top, x away from the robot, z up."),
    Parameter(
        "camera_frame", "", "The camera's optical frame, z forward, x right, y down; empty: the one its info names."
    ),
    Parameter("patience", 0.5, "A transform that is not there so long after its image is given up.", "s", 0.0, 10.0),
)


def check_framed_info(message: Any) -> None:
    """A good camera info that names its frame."""
    check_camera_info(message)
    if not message.header.frame_id:
        raise MessageRefused("header.frame_id", "''", "must name the camera's frame", "set it, or camera_frame")


def pose_of(transform: Any, stamp: Any) -> PoseStamped:
    """The pose in the world that a geometry_msgs/TransformStamped from the camera's frame to it is.

    Raises:
        MessageRefused: it is not finite, or its rotation is no unit quaternion.
    """
    message = PoseStamped()
    message.header.stamp, message.header.frame_id = stamp, WORLD_FRAME
    moved = transform.transform.translation
    message.pose.position.x, message.pose.position.y, message.pose.position.z = moved.x, moved.y, moved.z
    message.pose.orientation = transform.transform.rotation
    check_pose(message)
    return message


class TfCameraNode(CheckedNode):
    """See the module's docstring."""

    def __init__(self) -> None:
        super().__init__("camera_pose", TABLE)
        self._tf2 = _tf2_ros()
        self._buffer = self._tf2.Buffer()
        self._transforms = self._tf2.TransformListener(self._buffer, self)
        self._waiting: deque[tuple[float, Any]] = deque()
        self._told, self._given_up = 0, ""
        self._pose = self.talk(PoseStamped, "camera/pose", IMAGES)
        check = check_camera_info if self.parameters["camera_frame"] else check_framed_info
        self.listen(CameraInfo, INFO, check, self._on_info, IMAGES)
        self.every(LOOK_PERIOD, self._look)

    def health(self) -> tuple[bytes, str, dict[str, str]]:
        """See ``CheckedNode.health``."""
        values = {"poses": str(self._told), "waiting": str(len(self._waiting))}
        if self._given_up:
            return DiagnosticStatus.WARN, self._given_up, values
        return DiagnosticStatus.OK, "running", values

    def clock_went_back(self) -> None:
        """See ``CheckedNode.clock_went_back``."""
        self._waiting.clear()
        self._buffer.clear()

    def _on_info(self, message: Any) -> None:
        if len(self._waiting) == KEPT:
            self._give_up(f"more than {KEPT} camera infos wait for their transforms")
        self._waiting.append((time.monotonic(), message))
        self._look()

    def _look(self) -> None:
        """Tell what tf knows by now, oldest first; a camera's poses do not overtake each other."""
        while self._waiting:
            came, info = self._waiting[0]
            try:
                self._pose.publish(pose_of(self._lookup(info), info.header.stamp))
            except self._tf2.TransformException as absence:
                if time.monotonic() - came <= self.parameters["patience"]:
                    return
                self._give_up(f"tf has no transform for it: {absence}; is the frame's publisher running?")
            except MessageRefused as refusal:
                self._give_up(str(refusal))
            else:
                self._waiting.popleft()
                self._told, self._given_up = self._told + 1, ""

    def _lookup(self, info: Any) -> Any:
        source = self.parameters["camera_frame"] or info.header.frame_id
        return self._buffer.lookup_transform(self.parameters["world_frame"], source, Time.from_msg(info.header.stamp))

    def _give_up(self, why: str) -> None:
        self._waiting.popleft()
        self._given_up = why
        self.message_guards[INFO].refuse(why)


def _tf2_ros() -> Any:
    try:
        import tf2_ros
    except ImportError as missing:
        raise NodeFailure(
            f"camera_pose needs tf2_ros, which is not here ({missing}); install ros-DISTRO-tf2-ros-py and source ROS "
            "2, or let the driver publish camera/pose itself and leave camera_pose:=topic"
        ) from missing
    return tf2_ros

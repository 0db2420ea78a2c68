"""The camera's pose from tf. tf2_ros itself does not come as a wheel: a stand-in with its interface takes its place."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from geometry_msgs.msg import PoseStamped, TransformStamped
from sensor_msgs.msg import CameraInfo

from hyperdynamics_ros.conversions import images
from hyperdynamics_ros.node import IMAGES
from sim_bridges.pushing.cameras import paper_camera
from tests.ros.processes import MODULES, running

STAND_IN = Path(__file__).parent / "tf2_stand_in"
FRAME = "wrist_optical"


class Camera:
    """A driver that keeps its frame in tf, played by the test."""

    def __init__(self, listener):
        self.listener, self.stamp, self.camera = listener, 0, paper_camera(4)
        self.info = listener.publisher(CameraInfo, "camera/color/camera_info", IMAGES)
        self.tf = listener.publisher(TransformStamped, "tf_stand_in")
        self.poses = listener.collect(PoseStamped, "camera/pose")
        for topic in (self.info, self.tf):
            listener.until(topic.get_subscription_count, "the node's subscriptions")

    def next(self, frame=FRAME):
        """The next image's info and the camera's true pose then."""
        self.stamp += 1_000_000_000
        info = images.camera_info_message(self.camera, self.stamp)
        info.header.frame_id = frame
        return info, images.camera_pose_message(self.camera, self.stamp)

    def move(self, pose, frame=FRAME):
        """Tell tf where the camera was."""
        message = TransformStamped(child_frame_id=frame)
        message.header = pose.header
        for axis in "xyz":
            setattr(message.transform.translation, axis, getattr(pose.pose.position, axis))
        message.transform.rotation = pose.pose.orientation
        self.tf.publish(message)


@pytest.fixture
def with_tf(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(STAND_IN), prepend=":")


def test_a_pose_follows_each_info_once_tf_knows_the_frame(with_tf, listener):
    with running("camera_pose", cold=True, patience=10.0) as node:
        camera = Camera(listener)
        info, true = camera.next()
        camera.info.publish(info)
        listener.spin(1.0)
        assert not camera.poses
        camera.move(true)
        listener.until(lambda: camera.poses, "the pose")
        assert camera.poses[0].header == true.header and camera.poses[0].pose == true.pose
        assert "refused" not in node.output


def test_what_tf_does_not_know_or_tells_wrongly_is_refused_in_words_and_the_next_is_told(with_tf, listener):
    with running("camera_pose", cold=True, patience=0.2) as node:
        camera = Camera(listener)
        camera.info.publish(camera.next()[0])
        listener.until(lambda: "tf has no transform for it" in node.output and FRAME in node.output, "unknown frame")
        info, pose = camera.next()
        pose.pose.orientation.w += 1.0
        camera.move(pose)
        listener.spin(1.1)
        camera.info.publish(info)
        listener.until(lambda: "pose.orientation" in node.output, "no unit quaternion")
        listener.spin(1.1)
        camera.info.publish(camera.next(frame="")[0])
        listener.until(lambda: "must name the camera's frame" in node.output, "an info without a frame")
        info, true = camera.next()
        camera.move(true)
        camera.info.publish(info)
        listener.until(lambda: camera.poses, "the pose of a good one")
        assert len(camera.poses) == 1 and camera.poses[0].pose == true.pose


def test_without_tf2_ros_the_node_says_what_to_install():
    ended = subprocess.run(
        [sys.executable, "-m", MODULES["camera_pose"]], capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 1 and "camera_pose:=topic" in ended.stderr + ended.stdout
    assert "Traceback" not in ended.stderr

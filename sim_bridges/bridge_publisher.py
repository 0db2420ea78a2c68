"""What the bridge says about a moment: clock, joints, state, contact, images; all with one stamp."""

from __future__ import annotations

from geometry_msgs.msg import PoseStamped
from nav_msgs.msg import Odometry
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CameraInfo, Image, JointState
from std_msgs.msg import Bool, String, UInt32

from hyperdynamics_core.vision.camera import RgbdFrame
from hyperdynamics_ros.conversions import images, states
from hyperdynamics_ros.conversions.arrays import time_message
from hyperdynamics_ros.node import IMAGES, LATCHED, CheckedNode
from sim_bridges.bridge_episode import Episode, EpisodeCamera
from sim_bridges.pushing.world import PushWorld


class BridgePublisher:
    """Publishers of the bridge."""

    def __init__(self, node: CheckedNode, depth_encoding: str) -> None:
        self._depth_encoding = depth_encoding
        self._clock = node.talk(Clock, "/clock")
        self._joints = node.talk(JointState, "joint_states")
        self._end_effector = node.talk(PoseStamped, "end_effector/pose")
        self._odometry = node.talk(Odometry, "object/odom")
        self._contact = node.talk(Bool, "obstacle_contact")
        self._color = node.talk(Image, "camera/color/image_raw", IMAGES)
        self._depth = node.talk(Image, "camera/depth/image_raw", IMAGES)
        self._info = node.talk(CameraInfo, "camera/color/camera_info", IMAGES)
        self._pose = node.talk(PoseStamped, "camera/pose", IMAGES)
        self._episode = node.talk(UInt32, "episode", LATCHED)
        self._scene = node.talk(String, "scene", LATCHED)
        self._goal = node.talk(PoseStamped, "suggested_goal", LATCHED)
        self._spectator = node.talk(Image, "spectator/image_raw", IMAGES)
        self._camera = EpisodeCamera()

    def clock(self, stamp: int) -> None:
        """Simulated time, ns."""
        self._clock.publish(Clock(clock=time_message(stamp)))

    def episode(self, episode: Episode, stamp: int) -> None:
        """A new episode: its number, its scene in words, and a goal that suits it."""
        self._episode.publish(UInt32(data=episode.number))
        self._scene.publish(String(data=episode.as_json()))
        self._goal.publish(states.pose_message((*episode.goal, 0.0), (0.0, 0.0, 0.0, 1.0), stamp))

    def state(self, world: PushWorld, stamp: int, contact: bool) -> None:
        """Joints, contact, rod and object at one moment."""
        state = world.state()
        self._joints.publish(joint_message(world, stamp))
        self._contact.publish(Bool(data=contact))
        self._end_effector.publish(states.end_effector_message(state, stamp))
        self._odometry.publish(states.odometry_message(state, stamp))

    def images(self, world: PushWorld, episode: Episode, stamp: int) -> None:
        """RGB-D with intrinsics and pose, and the spectator's picture; each rendered only while somebody looks."""
        if self._color.wanted or self._depth.wanted:
            self._send(self._camera.frame(episode, world.state()), stamp)
        if self._spectator.wanted:
            joints = world.arm.angles() if world.physics.robot == "kuka" else None
            picture = self._camera.spectator(episode, world.state(), joints)
            self._spectator.publish(images.color_message(picture, stamp, "spectator_optical"))

    def _send(self, frame: RgbdFrame, stamp: int) -> None:
        self._info.publish(images.camera_info_message(frame.camera, stamp))
        self._pose.publish(images.camera_pose_message(frame.camera, stamp))
        self._color.publish(images.color_message(frame.rgb, stamp))
        self._depth.publish(images.depth_message(frame.depth, stamp, self._depth_encoding))


def joint_message(world: PushWorld, stamp: int) -> JointState:
    """Names, positions and velocities of the arm's joints."""
    arm, client = world.arm, world.client
    joint_states = client.getJointStates(arm.body, arm.joints)
    message = JointState(name=[client.getJointInfo(arm.body, joint)[1].decode() for joint in arm.joints])
    message.header.stamp, message.header.frame_id = time_message(stamp), "base"
    message.position = [float(state[0]) for state in joint_states]
    message.velocity = [float(state[1]) for state in joint_states]
    return message

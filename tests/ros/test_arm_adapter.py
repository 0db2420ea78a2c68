"""The arm's adapter as a process, with a test in the place of the arm's driver: it follows trajectories ideally."""

from __future__ import annotations

import math
import signal
import time

import numpy as np
import pytest
from geometry_msgs.msg import PoseStamped, Vector3Stamped
from sensor_msgs.msg import JointState
from std_msgs.msg import String
from std_srvs.srv import SetBool, Trigger
from trajectory_msgs.msg import JointTrajectory

from tests.arm.kuka import URDF, kuka, ready
from tests.ros.processes import NodeProcess, running

ARM = kuka()


class Driver:
    """Joint states 50 times a second of an arm that follows its newest trajectory."""

    def __init__(self, listener, topic="arm_controller/joint_trajectory"):
        self.listener, self.joints, self.alive = listener, ready(ARM), True
        self.states = listener.publisher(JointState, "joint_states")
        self.commands = listener.publisher(Vector3Stamped, "end_effector/displacement")
        self.poses = listener.collect(PoseStamped, "end_effector/pose")
        self.refusals = listener.collect(String, "command_refused")
        self.trajectories = listener.collect(JointTrajectory, topic)
        self.begun = 0.0
        listener.node.create_timer(0.02, self.tick)
        listener.until(
            lambda: self.states.get_subscription_count() and self.commands.get_subscription_count(), "the node"
        )
        listener.until(lambda: self.poses, "a pose")

    def tick(self):
        if not self.alive:
            return
        if self.trajectories:
            newest = self.trajectories[-1]
            if newest is not getattr(self, "following", None):
                self.following, self.begun, self.origin = newest, time.monotonic(), self.joints
            self.joints = self.sample(newest, time.monotonic() - self.begun)
        message = JointState(name=["other", *ARM.chain.names], position=[0.0, *self.joints.tolist()])
        message.header.stamp = self.listener.node.get_clock().now().to_msg()
        self.states.publish(message)

    def sample(self, trajectory, elapsed):
        times = [0.0] + [p.time_from_start.sec + 1e-9 * p.time_from_start.nanosec for p in trajectory.points]
        places = np.array([self.origin, *(point.positions for point in trajectory.points)])
        return np.array([np.interp(elapsed, times, column) for column in places.T])

    @property
    def tip(self):
        position = self.poses[-1].pose.position
        return np.array((position.x, position.y, position.z))

    def push(self, x=0.0, y=0.0, z=0.0):
        message = Vector3Stamped()
        message.header.frame_id = "world"
        message.vector.x, message.vector.y, message.vector.z = x, y, z
        self.commands.publish(message)

    def enable(self, wanted=True):
        return self.listener.call(SetBool, "enable", SetBool.Request(data=wanted))

    def refused(self, words):
        return self.listener.until(lambda: any(words in word.data for word in self.refusals), words)


@pytest.fixture
def urdf(tmp_path):
    file = tmp_path / "arm.urdf"
    file.write_text(URDF)
    return file


@pytest.fixture
def node(urdf):
    with running("arm_adapter", urdf=urdf) as process:
        yield process


@pytest.fixture
def patient(urdf):
    """On a busy machine this test's joint states pause for longer than a driver's may, and its commands come late."""
    with running("arm_adapter", urdf=urdf, silence=5.0, motion_time=2.0, step_time=2.2) as process:
        yield process


def test_displacements_are_carried_out_and_everything_else_is_refused(listener, patient):
    driver = Driver(listener)
    np.testing.assert_allclose(driver.tip, ARM.tip(driver.joints)[0], atol=1e-6)
    driver.push(x=0.04)
    driver.refused("enabled is False")
    assert not driver.trajectories
    assert driver.enable().success
    start = driver.tip
    driver.push(x=0.04, y=0.03)
    driver.push(x=0.01)
    driver.refused("before the end of the last one")
    listener.until(lambda: np.linalg.norm(driver.tip - start - (0.04, 0.03, 0.0)) < 1.5e-3, "the push")
    assert list(driver.trajectories[0].joint_names) == list(ARM.chain.names) and len(driver.trajectories) == 1
    listener.spin(0.8)
    driver.push(z=-0.1)
    driver.refused("must keep |x|")
    driver.push(x=math.nan)
    driver.refused("must be finite")
    listener.spin(0.3)
    assert len(driver.trajectories) == 1


def test_stopping_is_always_allowed_and_disables(listener, patient):
    driver = Driver(listener)
    driver.enable()
    start = driver.tip
    driver.push(x=0.08)
    listener.until(lambda: driver.tip[0] - start[0] > 0.01, "the arm's moving")
    driver.push()
    listener.until(lambda: len(driver.trajectories) == 2, "the stop")
    listener.spin(0.3)
    stopped = driver.tip
    listener.spin(0.6)
    assert np.linalg.norm(driver.tip - stopped) < 1e-3 and stopped[0] - start[0] < 0.07
    driver.push(x=0.02)
    listener.until(lambda: len(driver.trajectories) == 3, "a push right after the stop")
    assert listener.call(Trigger, "stop", Trigger.Request()).success
    listener.until(lambda: len(driver.trajectories) >= 4, "the second stop")
    driver.push(x=0.02)
    driver.refused("enabled is False")


def test_silent_joint_states_stop_the_arm(listener, node):
    driver = Driver(listener)
    driver.enable()
    driver.push(x=0.05)
    listener.until(lambda: driver.trajectories, "the push")
    driver.alive, silent = False, time.monotonic()
    listener.until(lambda: len(driver.trajectories) == 2, "the stop")
    # 0.1 s of silence, the watch's period, and what a busy machine adds.
    assert time.monotonic() - silent < 0.1 + 0.5 and len(driver.trajectories[1].points) == 1
    driver.push(x=0.02)
    driver.refused("age of the joint states")
    assert "told it to stay" in node.output


def test_sigterm_while_moving_lets_the_arm_stay(listener, node):
    driver = Driver(listener)
    driver.enable()
    driver.push(x=0.05)
    listener.until(lambda: driver.trajectories, "the push")
    node.signal(signal.SIGTERM)
    listener.until(lambda: len(driver.trajectories) == 2, "the stop")
    assert node.wait() == 0 and not any(driver.trajectories[1].points[0].velocities)


def test_a_dry_run_moves_nothing(listener, urdf):
    with running("arm_adapter", urdf=urdf, dry_run=True, enabled=True) as process:
        real = listener.collect(JointTrajectory, "arm_controller/joint_trajectory")
        driver = Driver(listener, topic="dry_run/joint_trajectory")
        driver.push(x=0.03)
        listener.until(lambda: driver.trajectories, "the trajectory that would be sent")
        assert not real and "dry run" in process.output


@pytest.mark.parametrize(
    ("settings", "words"), [({"urdf": "/nowhere.urdf"}, "cannot be used"), ({"tip_link": "nose"}, "nose")]
)
def test_a_urdf_that_cannot_be_used_ends_the_node(urdf, settings, words):
    process = NodeProcess("arm_adapter", **{"urdf": urdf, **settings})
    assert process.wait() != 0
    assert words in process.output and "Traceback" not in process.output
    process.stop()

"""Adapter of an arm with a joint trajectory controller: displacements of the tip in, joint trajectories out.

The controller's ``end_effector/displacement`` becomes a trajectory within joint, speed and workspace limits, by inverse
kinematics from the arm's URDF; the driver's joint states become ``end_effector/pose``. What cannot be done is refused
on ``command_refused``. Stopping is always allowed. The arm stays where it is when it is not enabled, when joint states
fall silent, and when the node ends.
"""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from diagnostic_msgs.msg import DiagnosticStatus
from geometry_msgs.msg import PoseStamped, Vector3Stamped
from numpy.typing import NDArray
from sensor_msgs.msg import JointState
from std_msgs.msg import String
from std_srvs.srv import SetBool, Trigger
from trajectory_msgs.msg import JointTrajectory

from hyperdynamics_ros.arm.kinematics import ArmKinematics
from hyperdynamics_ros.arm.messages import trajectory_message
from hyperdynamics_ros.arm.motion import Motion, MotionLimits, staying, straight
from hyperdynamics_ros.arm.parameters import TABLE
from hyperdynamics_ros.checks import MessageRefused, check_displacement, check_joint_states, stamp_ns
from hyperdynamics_ros.checks.sensors import require_joints
from hyperdynamics_ros.conversions.arrays import from_xyz
from hyperdynamics_ros.conversions.images import quaternion_from_matrix
from hyperdynamics_ros.conversions.legged import of_joints
from hyperdynamics_ros.conversions.states import pose_message
from hyperdynamics_ros.node import CheckedNode, NodeFailure

Array = NDArray[np.float64]
DOWN = np.array((0.0, 0.0, -1.0))
WATCH_PERIOD = 0.02
"""Between two looks at the joint states' age, s of wall time."""
EARLY = 0.9
"""A pose may follow the last one after this share of their period: joint states come a little early or late."""
LAST_WORD = 0.5
"""Longest wait for the driver to hear the stop when the node ends, s."""


class JointArmNode(CheckedNode):
    """See the module's docstring."""

    def __init__(self) -> None:
        super().__init__("arm_adapter", TABLE)
        self._arm = self._read_arm()
        self._limits = MotionLimits(
            longest=self.parameters["max_displacement"], half=self.parameters["workspace_half"],
            height=self.parameters["workspace_height"], speed=self.parameters["speed_share"],
            seconds=self.parameters["motion_time"], tilt=self.parameters["max_tilt"],
        )  # fmt: skip
        self._enabled: bool = self.parameters["enabled"]
        self._joints: Array | None = None
        """Newest positions [n]; None: none heard yet."""
        self._heard = -float("inf")
        self._listens = -float("inf")
        """Since when it is not busy with inverse kinematics: joint states that came meanwhile lie in the queue."""
        self._busy_until = -float("inf")
        """End of the step under way, s of ``time.monotonic``."""
        self._sent = self._refused = self._told = 0
        self._pose_period = round(EARLY * 1e9 / self.parameters["pose_rate"])
        topic = "dry_run/joint_trajectory" if self.parameters["dry_run"] else "arm_controller/joint_trajectory"
        self._trajectories = self.talk(JointTrajectory, topic)
        self._poses = self.talk(PoseStamped, "end_effector/pose")
        self._refusals = self.talk(String, "command_refused")
        self.listen(JointState, "joint_states", self._check_joints, self._on_joints)
        check = partial(check_displacement, limit=self._limits.longest)
        self.listen(
            Vector3Stamped, "end_effector/displacement", self._reporting(check), self._on_command, ordered=False
        )
        self.create_service(SetBool, "enable", self._on_enable)
        self.create_service(Trigger, "stop", self._on_stop)
        self.every(WATCH_PERIOD, self._watch)
        if self.parameters["dry_run"]:
            self.get_logger().warning(f"dry run: trajectories go to {topic} alone, the arm will not move")

    def close(self) -> None:
        """Let the arm stay where it is before the process ends."""
        if self._moving:
            self._hold()
            self._trajectories.flush(LAST_WORD)

    def health(self) -> tuple[bytes, str, dict[str, str]]:
        """See ``CheckedNode.health``."""
        values = {"enabled": str(self._enabled), "trajectories": str(self._sent), "refused": str(self._refused)}
        if self._silent:
            return DiagnosticStatus.ERROR, "no joint states", values
        return DiagnosticStatus.OK, "moving" if self._moving else "enabled" if self._enabled else "disabled", values

    def _read_arm(self) -> ArmKinematics:
        path = Path(self.parameters["urdf"])
        base = tuple(float(self.parameters[f"base_{axis}"]) for axis in "xyz")
        try:
            return ArmKinematics(path.read_text(), self.parameters["tip_link"], base, self.parameters["base_yaw"])  # type: ignore[arg-type]
        except (OSError, ValueError) as error:
            raise NodeFailure(f"urdf {str(path)!r} cannot be used: {error}") from error

    # What comes in.

    def _check_joints(self, message: Any) -> None:
        check_joint_states(message)
        require_joints(message, self._arm.chain.names, "this arm", "start the driver of this arm")

    def _on_joints(self, message: Any) -> None:
        self._joints = of_joints(self._arm.chain.names, message, "position")
        self._heard = time.monotonic()
        stamp = stamp_ns(message.header.stamp)
        if abs(stamp - self._told) < self._pose_period:
            return
        self._told = stamp
        position, rotation = self._arm.pose(self._joints)
        self._poses.publish(pose_message(position, quaternion_from_matrix(rotation), stamp))

    def _reporting(self, check: Any) -> Any:
        """The check of a command, whose refusals also go to who sent it."""

        def checked(message: Any) -> None:
            try:
                check(message)
                self._check_moment(from_xyz(message.vector))
            except MessageRefused as refusal:
                self._refuse(refusal)
                raise

        return checked

    def _check_moment(self, displacement: Array) -> None:
        if not displacement.any():
            return  # to stop is always allowed
        left = self._busy_until - time.monotonic()
        for wrong, what, value, rule, remedy in (
            (not self._enabled, "enabled", "False", "must be True to move", "call the service enable with data: true"),
            (self._silent, "age of the joint states", f"{min(self._age, 999.0):.2f} s",
             f"must be at most {self.parameters['silence']} s", "look whether the arm's driver runs"),
            (left > self.parameters["early"], "time of the command", f"{left:.2f} s before the end of the last one",
             f"must be at most {self.parameters['early']} s before it", "wait for the step's end, or stop the arm"),
        ):  # fmt: skip
            if wrong:
                raise MessageRefused(what, value, rule, remedy)

    def _refuse(self, refusal: MessageRefused) -> None:
        self._refused += 1
        self._refusals.publish(String(data=str(refusal)))

    def _on_command(self, message: Any) -> None:
        displacement = from_xyz(message.vector)
        if not displacement.any():
            self._hold()
            return
        assert self._joints is not None
        try:
            motion = straight(self._arm, self._joints, DOWN, displacement, self._limits)
            self._listens = time.monotonic()
        except MessageRefused as refusal:
            self._refuse(refusal)
            self.get_logger().warning(f"end_effector/displacement refused: {refusal}")
            return
        self._send(motion)
        self._busy_until = max(time.monotonic(), self._busy_until) + self.parameters["step_time"]

    # Safety.

    @property
    def _age(self) -> float:
        return time.monotonic() - max(self._heard, self._listens)

    @property
    def _silent(self) -> bool:
        return self._joints is None or self._age > self.parameters["silence"]

    @property
    def _moving(self) -> bool:
        return time.monotonic() < self._busy_until

    def _on_enable(self, request: Any, response: Any) -> Any:
        self._enabled = request.data
        if not request.data:
            self._hold()
        response.success, response.message = True, "enabled" if request.data else "disabled: the arm stays where it is"
        return response

    def _on_stop(self, request: Any, response: Any) -> Any:
        self._enabled = False
        self._hold()
        response.success, response.message = True, "stopped and disabled; call the service enable to move again"
        return response

    def _watch(self) -> None:
        if self._moving and self._silent:
            self.get_logger().error(f"no joint states for {self._age:.2f} s while the arm moved: told it to stay")
            self._hold()

    def _hold(self) -> None:
        """Tell the arm to stay where it was seen last."""
        self._busy_until = -float("inf")
        if self._joints is not None:
            self._send(staying(self._joints, self._arm.chain.lower, self._arm.chain.upper))

    def _send(self, motion: Motion) -> None:
        self._sent += 1
        self._trajectories.publish(trajectory_message(self._arm.chain.names, motion))

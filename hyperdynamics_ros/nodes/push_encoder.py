"""Interaction encoder for pushing: from states and commands to the history of interactions and the latent code z_int.

Codes are turned to the object's yaw in the state that they are made for: an image of the same moment and the code then
describe the object in one orientation. There is one for every state, or every ``code_period`` where states come faster.
"""

from __future__ import annotations

import math
import time
from functools import partial
from typing import Any

from geometry_msgs.msg import PoseStamped, Vector3Stamped
from nav_msgs.msg import Odometry
from std_msgs.msg import String, UInt32

from hyperdynamics_core.control.interactions import InteractionLog, InteractionLogConfig
from hyperdynamics_core.systems.push import PUSH
from hyperdynamics_ros.checks import check_displacement, check_odometry, check_pose, stamp_ns
from hyperdynamics_ros.controller_parameters import LEVEL
from hyperdynamics_ros.conversions.arrays import from_xyz
from hyperdynamics_ros.dispatch import SYSTEM
from hyperdynamics_ros.encoder_node import EncoderNode
from hyperdynamics_ros.encoding import encode_at
from hyperdynamics_ros.node import LATCHED, TRACKS
from hyperdynamics_ros.parameters import Parameter
from hyperdynamics_ros.steps import StepFinder
from hyperdynamics_ros.synchronisation import Moment, StateBuffer

TABLE = (
    Parameter("model", "models/push-hyperdynamics", "Checkpoint folder of the method whose encoder is used."),
    SYSTEM,
    Parameter(
        "window",
        5,
        "Newest interactions that make history and code: the paper's k. An encoder of a fixed k takes that many.",
        low=1,
        high=64,
    ),
    Parameter("push_height", 0.012, "Height of the rod's tip while it pushes.", "m", 0.0, 0.2),
    Parameter(
        "height_tolerance", 0.02, "A step farther from that height at either end is no interaction.", "m", 0.001, 0.2
    ),
    Parameter("sync_tolerance", 0.02, "Greatest difference of the stamps of one state's parts.", "s", 0.0, 1.0),
    Parameter(
        "code_period",
        0.02,
        "Least time between the states of two codes, where no interaction comes between; at most the hypernetwork's "
        "sync_tolerance.",
        "s",
        0.0,
        1.0,
    ),
    LEVEL,
    Parameter("max_displacement", 1.0, "Longer commands are taken for errors.", "m", 0.001, 10.0),
)


class PushEncoderNode(EncoderNode):
    """See the module's docstring."""

    def __init__(self) -> None:
        super().__init__(TABLE, PUSH)
        tolerance = round(1e9 * self.parameters["sync_tolerance"])
        self._buffer = StateBuffer(tolerance, self.parameters["level"])
        self._steps = StepFinder(PUSH.dt, tolerance)
        self._coded = (0, -math.inf)
        """Stamp (ns) of the newest code's state, and when it was told, s of a steady clock."""
        self._log = InteractionLog(
            InteractionLogConfig(
                push_height=self.parameters["push_height"], height_tolerance=self.parameters["height_tolerance"]
            )
        )
        check = partial(check_displacement, limit=self.parameters["max_displacement"])
        self.listen(Vector3Stamped, "end_effector/displacement", check, self._on_command, ordered=False)
        add_odometry, add_end_effector = self._buffer.add_odometry, self._buffer.add_end_effector
        self.listen(Odometry, "object/odom", check_odometry, lambda m: self._on_state(add_odometry(m)), TRACKS)
        self.listen(PoseStamped, "end_effector/pose", check_pose, lambda m: self._on_state(add_end_effector(m)), TRACKS)
        self.listen(String, "command_refused", lambda message: None, self._on_refused, ordered=False)
        self.listen(UInt32, "episode", lambda message: None, self._on_episode, LATCHED, ordered=False)

    def health(self) -> tuple[bytes, str, dict[str, str]]:
        """See ``CheckedNode.health``."""
        level, words, _ = super().health()
        values = {"model": self._stored.sha256, "interactions": str(len(self._log)), "episode": str(self._episode)}
        return level, words, values

    def clock_went_back(self) -> None:
        """See ``CheckedNode.clock_went_back``."""
        self._forget()

    def _forget(self) -> None:
        self._buffer.clear()
        self._steps.clear()
        self._log.clear()
        self._coded = (0, -math.inf)

    def _on_episode(self, message: Any) -> None:
        if message.data == self._episode:
            return
        self._episode = message.data
        self._forget()
        self._tell_history(self.now_ns())

    def _on_command(self, message: Any) -> None:
        stamp = stamp_ns(message.header.stamp)
        self._steps.command(from_xyz(message.vector), stamp or self.now_ns(), self._buffer.states)

    def _on_refused(self, message: Any) -> None:
        self._steps.clear()  # nothing was done: no interaction

    def _on_state(self, moment: Moment | None) -> None:
        if moment is None:
            return
        self._heard = time.time()
        stamp, state = moment
        step = self._steps.state(stamp, state)
        recorded = step is not None and self._log.record(*step)
        if recorded:
            self._tell_history(stamp)
        if not recorded and self._coded_just_now(stamp):
            return
        self._coded = stamp, time.monotonic()
        code, count, yaw = encode_at(self._stored.method, self._log, self.parameters["window"], state)
        self._publish_code(stamp, code, count, yaw)

    def _coded_just_now(self, stamp: int) -> bool:
        """Whether a code of nearly this moment (ns) went out just now; a state told again later gets another."""
        period, (last, told) = self.parameters["code_period"], self._coded
        return abs(stamp - last) < 1e9 * period and time.monotonic() - told < period

    def _tell_history(self, stamp: int) -> None:
        self._publish_history(stamp, self._log.latest(self.parameters["window"]))

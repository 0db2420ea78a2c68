"""Interaction encoder: from states and commands to the history of interactions and the latent code z_int.

A code is published for every state, turned to the object's yaw in that state: an image of the same moment and the code
then describe the object in one orientation.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NoReturn

from geometry_msgs.msg import PoseStamped, Vector3Stamped
from hyperdynamics.msg import InteractionHistory, LatentCode
from nav_msgs.msg import Odometry
from std_msgs.msg import UInt32

from hyperdynamics_core.control.interactions import InteractionLog, InteractionLogConfig
from hyperdynamics_core.methods.storage import load_method
from hyperdynamics_ros.checks import WORLD_FRAME, check_displacement, check_odometry, check_pose, stamp_ns
from hyperdynamics_ros.conversions.arrays import float_field, from_xyz, time_message
from hyperdynamics_ros.conversions.experts import history_message
from hyperdynamics_ros.encoding import encode_at
from hyperdynamics_ros.node import LATCHED, CheckedNode, model_folder
from hyperdynamics_ros.node_main import run
from hyperdynamics_ros.parameters import Parameter
from hyperdynamics_ros.steps import StepFinder
from hyperdynamics_ros.synchronisation import StateBuffer

TABLE = (
    Parameter("model", "models/push-hyperdynamics", "Checkpoint folder of the method whose encoder is used."),
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
    Parameter("max_displacement", 1.0, "Longer commands are taken for errors.", "m", 0.001, 10.0),
)


class InteractionEncoderNode(CheckedNode):
    """See the module's docstring."""

    def __init__(self) -> None:
        super().__init__("interaction_encoder", TABLE)
        self._stored = load_method(model_folder(self.parameters["model"]))
        self._system = self._stored.method.system
        tolerance = round(1e9 * self.parameters["sync_tolerance"])
        self._buffer = StateBuffer(tolerance)
        self._steps = StepFinder(self._system.dt, tolerance)
        self._log = InteractionLog(
            InteractionLogConfig(
                push_height=self.parameters["push_height"], height_tolerance=self.parameters["height_tolerance"]
            )
        )
        self._episode = self._sequence = 0
        self._history = self.talk(InteractionHistory, "interaction_history", LATCHED)
        self._codes = self.talk(LatentCode, "latent_code")
        check = partial(check_displacement, limit=self.parameters["max_displacement"])
        self.listen(Vector3Stamped, "end_effector/displacement", check, self._on_command, ordered=False)
        self.listen(Odometry, "object/odom", check_odometry, self._on_odometry)
        self.listen(PoseStamped, "end_effector/pose", check_pose, self._on_end_effector)
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

    def _on_episode(self, message: Any) -> None:
        if message.data == self._episode:
            return
        self._episode = message.data
        self._forget()
        self._publish_history(self.now_ns())

    def _on_command(self, message: Any) -> None:
        stamp = stamp_ns(message.header.stamp)
        self._steps.command(from_xyz(message.vector), stamp or self.now_ns(), self._buffer.states)

    def _on_odometry(self, message: Any) -> None:
        if self._buffer.add_odometry(message):
            self._on_state(stamp_ns(message.header.stamp))

    def _on_end_effector(self, message: Any) -> None:
        if self._buffer.add_end_effector(message):
            newest = self._buffer.states.newest()
            assert newest is not None
            self._on_state(newest[0])

    def _on_state(self, stamp: int) -> None:
        match = self._buffer.states.nearest(stamp, 0)
        assert match is not None
        state = match[1]
        step = self._steps.state(stamp, state)
        if step is not None and self._log.record(*step):
            self._publish_history(stamp)
        self._publish_code(stamp, state)

    def _publish_history(self, stamp: int) -> None:
        message = history_message(self._system, self._log.latest(self.parameters["window"]), stamp)
        self._history.publish(self._number(message))

    def _publish_code(self, stamp: int, state: Any) -> None:
        code, count, yaw = encode_at(self._stored.method, self._log, self.parameters["window"], state)
        message = LatentCode(system=self._system.name, model=self._stored.sha256, interactions=count)
        message.header.stamp, message.header.frame_id = time_message(stamp), WORLD_FRAME
        message.code, message.reference_yaw = float_field(code), yaw
        self._codes.publish(self._number(message))

    def _number(self, message: Any) -> Any:
        self._sequence += 1
        message.sequence, message.episode = self._sequence, self._episode
        return message


def main() -> NoReturn:
    """Run the node until Ctrl-C, SIGTERM or a failure."""
    run(InteractionEncoderNode, "interaction_encoder")


if __name__ == "__main__":
    main()

"""Player: a bag as if it were the robot, so that perception and encoders run on what was recorded, by time or in step.

Only what a robot, its camera and its commands say is played, unless topics are named: what the nodes said themselves
they shall say anew. The clock is the recording's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from diagnostic_msgs.msg import DiagnosticStatus
from rosgraph_msgs.msg import Clock
from std_srvs.srv import Trigger

from hyperdynamics_ros.conversions.arrays import time_message
from hyperdynamics_ros.node import CheckedNode, NodeFailure
from hyperdynamics_ros.parameters import Parameter
from hyperdynamics_ros.recording.definitions import message_class
from hyperdynamics_ros.recording.errors import BagError
from hyperdynamics_ros.recording.replay import Replay, playing_qos
from hyperdynamics_ros.recording.storage import Message
from hyperdynamics_ros.recording.topics import Selection

ROBOT = (
    "clock|episode|scene|joint_states|odom|object/odom|end_effector/pose|end_effector/displacement|"
    "effort_controller/commands|camera/.*|obstacle_contact|terrain/truth"
)
"""What a robot, its camera and its commands say, in any namespace."""
TABLE = (
    Parameter("bag", "", "Folder of the bag."),
    Parameter("topics", [""], "Names of the topics to play; empty: what a robot, its camera and its commands said."),
    Parameter("mode", "rate", "rate: by the times of the recording; step: on each call of ~/next.",
              choices=("rate", "step")),
    Parameter("rate", 1.0, "mode rate: times as fast as recorded.", "", 0.01, 100.0),
    Parameter("step_topic", "joint_states", "mode step: a step ends with a message on this topic."),
    Parameter("paused", False, "mode rate: wait for ~/resume before the first message."),
    Parameter("patience", 10.0, "Wait at most for so long until somebody listens to every topic.", "s", 0.0, 600.0),
    Parameter("settle", 3.5, "mode rate: and then for so long: the middleware may need its heartbeat, every 3 s, until "
              "both ends know of each other, and what is sent before is lost.", "s", 0.0, 60.0),
    Parameter("clock", True, "Where the bag holds no /clock: tell the times of the recording on it."),
)  # fmt: skip
TICK = 0.004
"""Between two looks at what is due, s of wall time."""
BURST = 200
"""Messages that are sent in one look at most, so that services are heard in between."""


class PlayerNode(CheckedNode):
    """See the module's docstring."""

    def __init__(self) -> None:
        super().__init__("bag_player", TABLE)
        self._replay = self._open()
        self._voices: dict[str, Any] = {
            name: self.create_publisher(message_class(topic.type), name, playing_qos(topic))
            for name, topic in self._replay.topics.items()
        }
        own_clock = self.parameters["clock"] and "/clock" not in self._voices
        self._teller = self.create_publisher(Clock, "/clock", 10) if own_clock else None
        self._messages: Iterator[Message] = self._replay.messages()
        self._next: Message | None = next(self._messages, None)
        self._step_topic = self.resolve_topic_name(self.parameters["step_topic"])
        if self._stepping and self._step_topic not in self._voices:
            raise NodeFailure(f"step_topic {self._step_topic!r} is not played; choose one of {', '.join(self._voices)}")
        self._paused: bool = self.parameters["paused"]
        self._heard, self._waits_until = False, time.monotonic() + self.parameters["patience"]
        self._settled_at: float | None = None
        """When playing may begin, s of ``time.monotonic``; None: somebody is still waited for."""
        self._offset = 0.0
        """Wall time (s) minus a message's time at the rate: when it is due."""
        for name, action in (("next", self._step), ("pause", self._pause), ("resume", self._resume)):
            self.create_service(Trigger, f"~/{name}", self._service(action))
        self.every(TICK, self._tick)

    def health(self) -> tuple[bytes, str, dict[str, str]]:
        """See ``CheckedNode.health``."""
        values = {name: str(count) for name, count in sorted(self._replay.played.items())}
        if self._next is None:
            return DiagnosticStatus.OK, "the bag has been played", values
        return DiagnosticStatus.OK, "step" if self._stepping else "paused" if self._paused else "playing", values

    @property
    def _stepping(self) -> bool:
        return bool(self.parameters["mode"] == "step")

    def _open(self) -> Replay:
        names = [name for name in self.parameters["topics"] if name]
        selection = (
            Selection(names=frozenset(self.resolve_topic_name(name) for name in names))
            if names
            else Selection(regex=f"(^|/)({ROBOT})$")
        )
        try:
            return Replay(Path(self.parameters["bag"]), selection)
        except (BagError, OSError) as error:
            raise NodeFailure(str(error)) from error

    def _service(self, action: Callable[[], str]) -> Callable[[Any, Any], Any]:
        def answer(request: Any, response: Any) -> Any:
            try:
                response.message, response.success = action(), True
            except ValueError as error:
                response.message, response.success = str(error), False
            return response

        return answer

    # What is asked for.

    def _pause(self) -> str:
        if self._stepping:
            raise ValueError("in mode step nothing runs by itself; call ~/next")
        self._paused = True
        return "paused"

    def _resume(self) -> str:
        if self._stepping:
            raise ValueError("in mode step nothing runs by itself; call ~/next")
        self._paused = False
        self._begin_here()
        return "playing"

    def _step(self) -> str:
        """Everything up to the next message on the step's topic."""
        if not self._stepping:
            raise ValueError("mode is rate; start the player with mode:=step")
        count = 0
        while self._next is not None:
            count, last = count + 1, self._next
            self._send()
            if last.topic == self._step_topic:
                return f"{count} messages, the last at {last.received / 1e9:.3f} s"
        return f"{count} messages; the bag has been played" if count else "the bag has been played"

    # As time goes by.

    def _tick(self) -> None:
        if self._stepping or self._paused or self._next is None or not self._listened():
            return
        for _ in range(BURST):
            if self._next is None or time.monotonic() < self._offset + self._due(self._next):
                return
            self._send()

    def _listened(self) -> bool:
        """Whether playing has begun: somebody listens to every topic, or the patience is at its end."""
        if self._heard:
            return True
        ready = all(publisher.get_subscription_count() for publisher in self._voices.values())
        now = time.monotonic()
        if self._settled_at is None and (ready or now > self._waits_until):
            self._settled_at = now + self.parameters["settle"]
        if self._settled_at is not None and now >= self._settled_at:
            self._heard = True
            self._begin_here()
        return self._heard

    def _begin_here(self) -> None:
        if self._next is not None:
            self._offset = time.monotonic() - self._due(self._next)

    def _due(self, message: Message) -> float:
        return message.received / 1e9 / float(self.parameters["rate"])

    def _send(self) -> None:
        message, self._next = self._next, next(self._messages, None)
        assert message is not None
        if message.topic not in self._voices:  # first heard of in a later file
            topic = self._replay.topics[message.topic]
            self._voices[message.topic] = self.create_publisher(
                message_class(topic.type), message.topic, playing_qos(topic)
            )
        if self._teller is not None:
            self._teller.publish(Clock(clock=time_message(message.received)))
        self._voices[message.topic].publish(message.data)
        if self._next is None:
            self.get_logger().info(f"the bag has been played: {self._replay.played.total()} messages")
            for problem in self._replay.problems:
                self.get_logger().warning(problem)

"""The base of every node: parameters from one table, guarded subscriptions, counted publishers, /diagnostics."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rclpy.clock import Clock, ClockType, JumpThreshold
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy

from hyperdynamics_ros.diagnostics import Arrivals, TopicHealth, summary
from hyperdynamics_ros.environment import share_folder
from hyperdynamics_ros.guard import Guard
from hyperdynamics_ros.parameters import Parameter, Parameters

IMAGES = QoSProfile(depth=2, reliability=ReliabilityPolicy.RELIABLE)
"""Images: reliable (best effort loses them whole), shallow (the newest counts)."""
STATES = QoSProfile(depth=10, reliability=ReliabilityPolicy.RELIABLE)
"""States, codes, commands."""
TRACKS = QoSProfile(depth=100, reliability=ReliabilityPolicy.RELIABLE)
"""States that are looked up by their stamps: seconds of them wait while a node is busy, or an image finds no match."""
NEWEST = QoSProfile(depth=1, reliability=ReliabilityPolicy.RELIABLE)
"""What only counts as long as nothing newer is there."""
LATCHED = QoSProfile(depth=1, reliability=ReliabilityPolicy.RELIABLE, durability=DurabilityPolicy.TRANSIENT_LOCAL)
"""Weights and the episode: whoever comes late gets the newest."""
DIAGNOSTICS_PERIOD = 1.0
"""Between two messages on /diagnostics, s of wall time."""


class NodeFailure(RuntimeError):
    """The node cannot go on; the message says why and what to do."""


class Talker:
    """A publisher that counts what it sends."""

    def __init__(self, publisher: Any, arrivals: Arrivals) -> None:
        self._publisher, self._arrivals = publisher, arrivals

    def publish(self, message: Any) -> None:
        """Send one message."""
        self._publisher.publish(message)
        self._arrivals.mark()

    def flush(self, seconds: float) -> None:
        """Wait until what was sent has arrived, at most for so long: a process must not end with it unsent."""
        self._publisher.wait_for_all_acked(Duration(seconds=seconds))

    @property
    def wanted(self) -> bool:
        """Whether anybody subscribes."""
        return bool(self._publisher.get_subscription_count() > 0)


class CheckedNode(Node):
    """A node whose messages pass a guard each and whose health is told on /diagnostics."""

    def __init__(self, name: str, table: Sequence[Parameter]) -> None:
        """Declare the table.

        Raises:
            ParameterRefused: a value or name given to the node breaks the table's rules.
        """
        super().__init__(name)
        self.parameters = Parameters(self, table)
        self.message_guards: dict[str, Guard] = {}
        self.arrivals: dict[str, Arrivals] = {}
        self._health: list[TopicHealth] = []
        self.steady_clock = Clock(clock_type=ClockType.STEADY_TIME)
        self._diagnostics = self.create_publisher(DiagnosticArray, "/diagnostics", STATES)
        self.every(DIAGNOSTICS_PERIOD, self._publish_diagnostics)
        threshold = JumpThreshold(min_forward=None, min_backward=Duration(nanoseconds=-1), on_clock_change=True)
        # Kept on the node: the handler lives as long as this reference.
        self._jump_handler = self.get_clock().create_jump_callback(threshold, post_callback=self._after_jump)

    def listen(
        self, kind: type, topic: str, check: Callable[[Any], None], callback: Callable[[Any], None],
        qos: QoSProfile = STATES, ordered: bool = True,
    ) -> None:  # fmt: skip
        """Subscribe; only messages that pass check reach callback. See ``Guard`` for ordered."""
        guard = Guard(topic, check, self.get_logger(), ordered=ordered, on_restart=self.clock_went_back)
        arrivals = Arrivals()

        def guarded(message: Any) -> None:
            if not guard.accept(message):
                return
            arrivals.mark()
            start = time.monotonic()
            callback(message)
            arrivals.durations.append(time.monotonic() - start)

        self.message_guards[topic], self.arrivals[topic] = guard, arrivals
        self._health.append(TopicHealth(self.get_name(), topic, arrivals, guard))
        self.create_subscription(kind, topic, guarded, qos)

    def talk(self, kind: type, topic: str, qos: QoSProfile = STATES) -> Talker:
        """A publisher that shows in the diagnostics."""
        arrivals = Arrivals()
        self._health.append(TopicHealth(self.get_name(), topic, arrivals))
        return Talker(self.create_publisher(kind, topic, qos), arrivals)

    def every(self, seconds: float, callback: Callable[[], None]) -> Any:
        """A timer on wall time, which runs on while a simulation's clock stands still."""
        return self.create_timer(seconds, callback, clock=self.steady_clock)

    def refusals(self, *topics: str, since: float) -> str:
        """Why a topic that seems silent is not: all that came since a moment of ``time.monotonic`` was refused.

        Empty where there is no such topic.
        """
        guards = [self.message_guards[topic] for topic in topics]
        refusing = [guard for guard in guards if guard.refused_all_since(since)]
        return "; ".join(f"every message on {guard.topic} was refused: {guard.last_refusal}" for guard in refusing)

    def health(self) -> tuple[bytes, str, dict[str, str]]:
        """Level, message and values of the node's own line on /diagnostics; nodes override it."""
        return DiagnosticStatus.OK, "running", {}

    def clock_went_back(self) -> None:
        """Called when the clock or a topic's stamps went back; nodes that keep stamps forget them."""

    @property
    def finished(self) -> bool:
        """Whether the node has done all it was started for, so that its process ends; most are never done."""
        return False

    def close(self) -> None:
        """Called once before the process ends; nodes that hold something outside of ROS let go of it."""

    def now_ns(self) -> int:
        """The node's clock, nanoseconds."""
        return int(self.get_clock().now().nanoseconds)

    def _after_jump(self, jump: Any) -> None:
        for guard in self.message_guards.values():
            guard.forget_stamps()
        self.clock_went_back()

    def _publish_diagnostics(self) -> None:
        for guard in self.message_guards.values():
            guard.log_rest()
        message = DiagnosticArray()
        message.header.stamp = self.get_clock().now().to_msg()
        message.status = [summary(self.get_name(), *self.health())] + [health.status() for health in self._health]
        self._diagnostics.publish(message)


def model_folder(given: str) -> Path:
    """A model's folder as given, or in the package's share folder where there is none of that name here.

    Raises:
        NodeFailure: a relative path that is in neither.
    """
    folder = Path(given).expanduser()
    if folder.is_absolute() or folder.is_dir():
        return folder
    shared = share_folder() / folder
    if not shared.is_dir():
        raise NodeFailure(
            f"there is no model {given!r}, neither {folder.absolute()} nor {shared}; give the folder of a trained model"
        )
    return shared

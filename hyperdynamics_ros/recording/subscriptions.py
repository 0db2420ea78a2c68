"""Raw subscriptions to every topic that is wanted, as topics appear, with QoS that all their publishers can serve.

The middleware receives and stamps by itself; ``drain`` takes what it holds without an executor, which costs a tenth of
the processor time of a callback for each message.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from rclpy.callback_groups import CallbackGroup
from rclpy.node import Node
from rclpy.qos import QoSProfile

from hyperdynamics_ros.recording.definitions import full_definition, message_class, type_hash
from hyperdynamics_ros.recording.errors import BagError
from hyperdynamics_ros.recording.qos import matching_qos, offered_yaml, serves
from hyperdynamics_ros.recording.topics import Selection, Topic

OVERLAP = 2.0
"""How long an old subscription is listened to beside the one that follows it, which is not connected at once, s."""


class Logger(Protocol):
    """What is needed of rclpy's logger."""

    def info(self, message: str) -> object: ...

    def warning(self, message: str) -> object: ...

    def error(self, message: str) -> object: ...


class _Polled(CallbackGroup):
    """Entities of this group are left alone by executors."""

    def can_execute(self, entity: Any) -> bool:
        """Never."""
        return False

    def beginning_execution(self, entity: Any) -> bool:
        """Never."""
        return False

    def ending_execution(self, entity: Any) -> None:
        """Nothing began."""


@dataclass
class _Heard:
    topic: Topic
    kind: type
    qos: QoSProfile
    subscription: Any
    before: list[tuple[float, Any]] = field(default_factory=list)
    """Subscriptions that this one follows, and when they end: s of time.monotonic."""


@dataclass(frozen=True)
class Taken:
    """One message as the middleware gave it."""

    topic: str
    """Fully qualified name."""
    data: bytes
    """Serialized, with its CDR header."""
    received: int
    """When the middleware got it, ns of the system's clock."""
    published: int
    """When it was sent, ns; 0: not known."""
    sequence: int
    """Its publisher's number for it; 0: not known."""
    publisher: bytes
    """The publisher's own number."""


class Subscriptions:
    """Of one node."""

    def __init__(self, node: Node, selection: Selection, depth: int, logger: Logger) -> None:
        """depth: messages that the middleware keeps for each topic. logger: told why a topic is left out."""
        self._node, self._selection, self._depth, self._logger = node, selection, depth, logger
        self._heard: dict[str, _Heard] = {}
        self._refused: set[str] = set()
        self._group = _Polled()

    @property
    def topics(self) -> list[Topic]:
        """All that are subscribed to, in the order in which they appeared."""
        return [heard.topic for heard in self._heard.values()]

    @property
    def missing(self) -> list[str]:
        """Names asked for that nobody has published on yet."""
        return self._selection.missing(self._heard)

    def discover(self) -> list[Topic]:
        """Subscribe to what is wanted and new; ask less of a topic that got a publisher which offers less.

        Returns:
            The new topics.
        """
        fresh = []
        for name, types in self._node.get_topic_names_and_types():
            if name in self._refused or not self._selection.wants(name):
                continue
            offered = self._node.get_publishers_info_by_topic(name)
            if not offered:
                continue
            if name in self._heard:
                self._relax(self._heard[name], [one.qos_profile for one in offered])
            elif self._subscribe(name, types, offered):
                fresh.append(self._heard[name].topic)
        return fresh

    def drain(self, seconds: float = math.inf) -> Iterator[Taken]:
        """What the middleware holds, topic by topic, each in the order in which it was received.

        Args:
            seconds: no further topic is begun after so long; the next call begins with it.
        """
        end = time.monotonic() + seconds
        for name in [*self._heard]:
            yield from self._take_all(self._heard[name])
            self._heard[name] = self._heard.pop(name)  # to the end of the row
            if time.monotonic() > end:
                return

    def close(self) -> None:
        """End all subscriptions."""
        for heard in self._heard.values():
            for subscription in (heard.subscription, *(old for _, old in heard.before)):
                self._node.destroy_subscription(subscription)
        self._heard.clear()

    def _subscribe(self, name: str, types: list[str], offered: list[Any]) -> bool:
        try:
            topic, kind = _describe(name, types, offered)
        except BagError as error:
            self._refused.add(name)
            self._logger.warning(f"{name} is not recorded: {error}")
            return False
        qos = matching_qos([one.qos_profile for one in offered], self._depth)
        try:
            self._heard[name] = _Heard(topic, kind, qos, self._make(kind, name, qos))
        except Exception as error:  # a type that does not load must not cost the other topics
            self._refused.add(name)
            self._logger.warning(f"{name} is not recorded: its type {topic.type} does not load ({error})")
            return False
        return True

    def _make(self, kind: type, name: str, qos: QoSProfile) -> Any:
        return self._node.create_subscription(kind, name, _never, qos, callback_group=self._group, raw=True)

    def _relax(self, heard: _Heard, offered: list[QoSProfile]) -> None:
        """Publishers of other QoS have come: go on with a subscription that hears them as well."""
        qos = matching_qos([*offered, heard.qos], self._depth)
        if serves(heard.qos, qos):
            return
        self._logger.warning(f"{heard.topic.name} got a publisher that offers less: subscribed anew, {_words(qos)}")
        heard.before.append((time.monotonic() + OVERLAP, heard.subscription))
        heard.qos, heard.subscription = qos, self._make(heard.kind, heard.topic.name, qos)

    def _take_all(self, heard: _Heard) -> Iterator[Taken]:
        """Older subscriptions first: what both got then comes again later, with numbers that were seen."""
        for end, subscription in [*heard.before]:
            yield from _take(heard, subscription, self._depth)
            if time.monotonic() > end:
                heard.before.remove((end, subscription))
                self._node.destroy_subscription(subscription)
        yield from _take(heard, heard.subscription, self._depth)


def _take(heard: _Heard, subscription: Any, limit: int) -> Iterator[Taken]:
    """At most so many: a publisher that is faster than the disk must not keep us here for ever."""
    handle = subscription.handle
    with handle:
        for _ in range(limit):
            taken = handle.take_message(heard.kind, True)
            if taken is None:
                return
            data, about = taken
            yield Taken(
                heard.topic.name,
                data,
                about["received_timestamp"] or time.time_ns(),
                about["source_timestamp"] or 0,
                about["publication_sequence_number"] or 0,
                (about["publisher_gid"] or {}).get("data", b""),
            )


def _describe(name: str, types: list[str], offered: list[Any]) -> tuple[Topic, type]:
    """What the bag says of a topic, and its class. Raises BagError where it cannot be recorded."""
    if len(types) > 1:
        raise BagError(f"it has several types ({', '.join(types)}); let all publishers use one")
    kind, definition, ours = message_class(types[0]), full_definition(types[0]), type_hash(types[0])
    theirs = {str(one.topic_type_hash) for one in offered if str(one.topic_type_hash).startswith("RIHS01_")}
    if ours and theirs - {ours}:
        raise BagError(f"a publisher has another version of {types[0]} than is installed here; install the same")
    profiles = [one.qos_profile for one in offered]
    return Topic(name, types[0], definition, ours or min(theirs, default=""), offered_yaml(profiles)), kind


def _words(qos: QoSProfile) -> str:
    return f"{qos.reliability.name.lower()}, {qos.durability.name.lower()}"


def _never(message: bytes) -> None:
    """rclpy wants a callback; messages are taken by ``Subscriptions.drain``."""

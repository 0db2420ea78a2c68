"""The messages of a bag in the order in which they were received, over all of its files, and when each is due."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import yaml
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy

from hyperdynamics_ros.recording.bag_files import bag_files, open_reader
from hyperdynamics_ros.recording.errors import BagError
from hyperdynamics_ros.recording.storage import Message
from hyperdynamics_ros.recording.topics import Selection, Topic

DEPTH = 100
"""Of the publishers' queues: playing fast must not outrun whoever listens."""
WINDOW = 256
"""Messages that are looked ahead: a recorder writes them nearly in order."""


class Replay:
    """One pass through a bag."""

    def __init__(self, bag: Path, selection: Selection) -> None:
        """Look what there is.

        Raises:
            BagError: no bag, or none of the selected topics is in it.
        """
        self.bag, self._selection = bag, selection
        self.topics: dict[str, Topic] = {}
        """Selected ones, by name."""
        self.played: Counter[str] = Counter()
        """Messages given out, by topic."""
        self.problems: list[str] = []
        """What is wrong with the files that have been read to their end."""
        for file in bag_files(bag):
            reader = open_reader(file)
            try:
                next(iter(reader.messages()), None)
                found = {name: topic for name, topic in reader.topics.items() if selection.wants(name)}
            finally:
                reader.close()
            self.topics = found | self.topics
        if not self.topics:
            raise BagError(f"{bag} holds none of the topics that are asked for; hyperdynamics dataset info {bag} lists "
                           "what it holds")  # fmt: skip

    def messages(self) -> Iterator[Message]:
        """Every selected message, by the time at which it was received."""
        waiting: list[tuple[int, int, Message]] = []
        for number, message in enumerate(self._stored()):
            heapq.heappush(waiting, (message.received, number, message))
            if len(waiting) > WINDOW:
                yield self._counted(heapq.heappop(waiting)[2])
        while waiting:
            yield self._counted(heapq.heappop(waiting)[2])

    def _stored(self) -> Iterator[Message]:
        for file in bag_files(self.bag):
            reader = open_reader(file)
            try:
                for message in reader.messages():
                    if self._selection.wants(message.topic):
                        self.topics.setdefault(message.topic, reader.topics[message.topic])
                        yield message
            finally:
                reader.close()
            self.problems += [f"{file}: {problem}" for problem in reader.problems]

    def _counted(self, message: Message) -> Message:
        self.played[message.topic] += 1
        return message


def playing_qos(topic: Topic) -> QoSProfile:
    """As the recorded publishers offered it: latched where all were, best effort where one was."""
    try:
        offered = yaml.safe_load(topic.offered_qos) or []
        latched = bool(offered) and all(profile["durability"] == "transient_local" for profile in offered)
        reliable = all(profile["reliability"] != "best_effort" for profile in offered)
    except (yaml.YAMLError, KeyError, TypeError):
        latched, reliable = False, True
    return QoSProfile(
        depth=1 if latched else DEPTH,
        reliability=ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT,
        durability=DurabilityPolicy.TRANSIENT_LOCAL if latched else DurabilityPolicy.VOLATILE,
    )

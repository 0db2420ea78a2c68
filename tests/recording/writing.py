"""Small bags written without a graph."""

from __future__ import annotations

import random
from pathlib import Path

from hyperdynamics_ros.recording.bag_writer import BagWriter, WriterSettings
from hyperdynamics_ros.recording.definitions import full_definition, type_hash
from hyperdynamics_ros.recording.storage import Message
from hyperdynamics_ros.recording.topics import Topic

START = 1_700_000_000_000_000_000
OFFERED = """\
- history: keep_last
  depth: 10
  reliability: reliable
  durability: volatile
  deadline: {sec: 9223372036, nsec: 854775807}
  lifespan: {sec: 9223372036, nsec: 854775807}
  liveliness: automatic
  liveliness_lease_duration: {sec: 9223372036, nsec: 854775807}
  avoid_ros_namespace_conventions: false"""


def topic(name: str, kind: str = "std_msgs/msg/String") -> Topic:
    return Topic(name, kind, full_definition(kind), type_hash(kind), OFFERED)


def text(words: str) -> bytes:
    """A std_msgs/String, serialized by hand."""
    encoded = words.encode() + b"\0"
    return b"\0\1\0\0" + len(encoded).to_bytes(4, "little") + encoded


def messages(count: int, size: int = 200, topics: tuple[str, ...] = ("/a", "/b")) -> list[Message]:
    """Texts on these topics in turn, a millisecond apart, numbered from 1 on for each topic."""
    noise = random.Random(0)
    made = []
    for index in range(count):
        words = f"{index} " + "".join(noise.choices("abcdefghij", k=size))
        time = START + index * 1_000_000
        made.append(Message(topics[index % len(topics)], time, time - 1000, 1 + index // len(topics), text(words)))
    return made


def write(
    bag: Path, count: int = 200, size: int = 200, close: bool = True, flush_every: int = 20, **settings: object
) -> list[Message]:
    """A bag of std_msgs/String on /a and /b; returns what is in it."""
    settings = {"min_free_space": 0, "chunk_size": 4096, **settings}
    writer = BagWriter(bag, WriterSettings(**settings))  # type: ignore[arg-type]
    made = messages(count, size)
    for name in ("/a", "/b"):
        writer.add_topic(topic(name))
    for index, message in enumerate(made):
        writer.write(message)
        if index % flush_every == flush_every - 1:
            writer.flush()
    if close:
        writer.close()
    return made


def data_of(made: list[Message], name: str) -> list[bytes]:
    return [message.data for message in made if message.topic == name]

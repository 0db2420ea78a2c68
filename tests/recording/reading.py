"""Bags read by other hands than the one that wrote them."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from pathlib import Path
from typing import Any

from mcap.reader import make_reader
from mcap_ros2.decoder import DecoderFactory
from rosbags.rosbag2 import Reader

Contents = dict[str, list[tuple[int, bytes]]]
"""Time, ns, and serialized message, by topic, in the order of the bag."""


def by_rosbags(bag: Path) -> Contents:
    """With the reader of ``rosbags``."""
    found: Contents = defaultdict(list)
    with Reader(bag) as reader:
        assert reader.message_count == sum(info.msgcount for info in reader.topics.values())
        for connection, time, data in reader.messages():
            found[connection.topic].append((time, bytes(data)))
    return dict(found)


def by_others(bag: Path) -> Contents:
    """With ``mcap-ros2-support``, which decodes every message from the definitions in the file; SQLite by itself."""
    found: Contents = defaultdict(list)
    for path in sorted(bag.glob("*.mcap"), key=number):
        with path.open("rb") as file:
            reader = make_reader(file, decoder_factories=[DecoderFactory()], validate_crcs=True)
            for _, channel, message, decoded in reader.iter_decoded_messages():
                assert decoded is not None
                found[channel.topic].append((message.log_time, message.data))
    for path in sorted(bag.glob("*.db3"), key=number):
        for name, time, data in rows(path):
            found[name].append((time, data))
    return dict(found)


def decoded(bag: Path, topic: str) -> list[Any]:
    """A topic's messages in MCAP files, decoded by ``mcap-ros2-support``."""
    messages = []
    for path in sorted(bag.glob("*.mcap"), key=number):
        with path.open("rb") as file:
            reader = make_reader(file, decoder_factories=[DecoderFactory()])
            messages += [each for _, _, _, each in reader.iter_decoded_messages(topics=[topic])]
    return messages


def rows(path: Path) -> list[tuple[str, int, bytes]]:
    """Topic, time and data of a database's messages, without rosbag2 or anything of ours."""
    query = "SELECT topics.name, timestamp, data FROM messages JOIN topics ON topic_id = topics.id ORDER BY messages.id"
    with sqlite3.connect(f"file:{path}?immutable=1", uri=True) as connection:
        return connection.execute(query).fetchall()


def number(path: Path) -> int:
    return int(path.stem.rpartition("_")[2])


def bytes_of(contents: Contents, topic: str) -> list[bytes]:
    return [data for _, data in contents.get(topic, [])]

"""Messages out of a bag as what learns from it takes them: checked, counted, refused with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rclpy.serialization import deserialize_message

from hyperdynamics_ros.checks import MessageRefused
from hyperdynamics_ros.recording.bag_files import bag_files, open_reader
from hyperdynamics_ros.recording.storage import Message

REWIND = 500_000_000
"""A stamp this much before the newest one (ns) is of a clock that was set back: what follows is another run."""
TOLD_EVERY = 500
"""Messages between two words about how many were read."""
TopicRule = tuple[type, Callable[[Any], None]]
"""Type of a topic's messages and the check that they must pass."""


@dataclass
class BagCounts:
    """What was found, whatever is made of it."""

    messages: Counter[str] = field(default_factory=Counter)
    """Read, by topic."""
    refused: Counter[str] = field(default_factory=Counter)
    """Left out for what is in them, by topic."""
    reasons: dict[str, str] = field(default_factory=dict)
    """The first refusal's words, by topic."""
    reordered: int = 0
    """States that came after a later one."""
    repeated: int = 0
    """States that were told again."""
    gaps: int = 0
    """Times that a state was missing at the end of a step."""
    short: int = 0
    """Stretches that were too short."""
    problems: list[str] = field(default_factory=list)
    """What is wrong with the files."""


def checked_messages(
    bag: Path, rules: Mapping[str, TopicRule], counts: BagCounts, read: Callable[[int], None] = lambda messages: None
) -> Iterator[tuple[Message, Any]]:
    """Every message on these topics that keeps its rule, as it was recorded and decoded, in the order of recording.

    Args:
        bag: folder.
        rules: by topic.
        counts: of what is found.
        read: told now and then how many messages have been read.

    Raises:
        BagError: no bag.
    """
    for message in _messages(bag, counts):
        rule = rules.get(message.topic)
        if rule is None:
            continue
        counts.messages[message.topic] += 1
        if counts.messages.total() % TOLD_EVERY == 0:
            read(counts.messages.total())
        try:
            found: Any = deserialize_message(message.data, rule[0])
            rule[1](found)
        except (MessageRefused, RuntimeError) as refusal:
            counts.refused[message.topic] += 1
            counts.reasons.setdefault(message.topic, str(refusal))
            continue
        yield message, found


def sent(message: Message) -> int:
    """When a message was sent, or where that was not kept, when it was received; ns."""
    return message.published or message.received


def _messages(bag: Path, counts: BagCounts) -> Iterator[Message]:
    for file in bag_files(bag):
        reader = open_reader(file)
        try:
            yield from reader.messages()
        finally:
            reader.close()
        counts.problems += [f"{file}: {problem}" for problem in reader.problems]

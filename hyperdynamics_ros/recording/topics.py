"""A topic as a bag knows it, and which topics are asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hyperdynamics_ros.recording.errors import BagError


@dataclass(frozen=True)
class Topic:
    """Everything that a bag says about a topic."""

    name: str
    """Fully qualified, as /object/odom."""
    type: str
    """As nav_msgs/msg/Odometry."""
    definition: str
    """The type's .msg text and those of the types in it, as rosbag2 stores them (ros2msg)."""
    type_hash: str
    """RIHS01 hash of the type; empty: not known."""
    offered_qos: str
    """QoS profiles of the topic's publishers when it was first seen: YAML, a list."""


@dataclass(frozen=True)
class Selection:
    """Which topics are recorded: names and a pattern add up; with neither, every topic is."""

    names: frozenset[str] = frozenset()
    """Fully qualified names."""
    regex: str = ""
    """Regular expression that is searched for in the name; empty: none."""
    exclude_regex: str = ""
    """Topics whose name holds a match are left out, whatever else says; empty: none."""

    def __post_init__(self) -> None:
        """Raises BagError where a pattern is no regular expression."""
        for option in ("regex", "exclude_regex"):
            pattern = getattr(self, option)
            try:
                re.compile(pattern)
            except re.error as error:
                raise BagError(
                    f"{option} is {pattern!r}: must be a regular expression of Python ({error}); correct it"
                ) from error

    def wants(self, name: str) -> bool:
        """Whether the topic of this fully qualified name is recorded; hidden ones (/a/_b) never are."""
        if is_hidden(name) or (self.exclude_regex and re.search(self.exclude_regex, name)):
            return False
        if not self.names and not self.regex:
            return True
        return name in self.names or bool(self.regex and re.search(self.regex, name))

    def missing(self, found: Iterable[str]) -> list[str]:
        """Names that are asked for and not among those found, sorted."""
        return sorted(self.names - set(found))


def is_hidden(name: str) -> bool:
    """Whether a part of the name begins with an underscore, as the topics inside of an action do."""
    return any(part.startswith("_") for part in name.split("/"))

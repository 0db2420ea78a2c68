"""rosbag2's metadata.yaml, version 9: what a bag says it holds."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from hyperdynamics_ros.recording.errors import BagError
from hyperdynamics_ros.recording.topics import Topic

VERSION = 9
FILE_NAME = "metadata.yaml"
NEVER = 2**63 - 1
"""Start of a file without messages, as rosbag2 writes it."""


@dataclass
class FileContents:
    """What one file holds."""

    path: str
    """Relative to the bag."""
    start: int = NEVER
    """Time of the earliest message, ns."""
    end: int = 0
    """Time of the latest message, ns."""
    counts: dict[str, int] = field(default_factory=dict)
    """Messages by topic."""

    def count(self, topic: str, time: int) -> None:
        """One more message of a topic, received at a time in ns."""
        self.counts[topic] = self.counts.get(topic, 0) + 1
        self.start, self.end = min(self.start, time), max(self.end, time)

    @property
    def messages(self) -> int:
        """Messages of all topics."""
        return sum(self.counts.values())

    @property
    def duration(self) -> int:
        """From the earliest to the latest message, ns."""
        return max(0, self.end - self.start) if self.messages else 0


def totals(files: Sequence[FileContents]) -> FileContents:
    """All files as if they were one."""
    whole = FileContents("")
    for file in files:
        whole.start, whole.end = min(whole.start, file.start), max(whole.end, file.end)
        for topic, count in file.counts.items():
            whole.counts[topic] = whole.counts.get(topic, 0) + count
    return whole


def information(
    storage: str, topics: Sequence[Topic], files: Sequence[FileContents], custom: dict[str, str] | None = None
) -> dict[str, Any]:
    """The value of ``rosbag2_bagfile_information``: of a bag, or of one of its files alone."""
    whole = totals(files)
    return {
        "version": VERSION,
        "storage_identifier": storage,
        "duration": {"nanoseconds": whole.duration},
        "starting_time": {"nanoseconds_since_epoch": whole.start},
        "message_count": whole.messages,
        "topics_with_message_count": [_topic(topic, whole.counts.get(topic.name, 0)) for topic in topics],
        "compression_format": "",
        "compression_mode": "",
        "relative_file_paths": [file.path for file in files],
        "files": [_file(file) for file in files],
        "custom_data": custom or None,
        "ros_distro": os.environ.get("ROS_DISTRO", "kilted"),
    }


def _topic(topic: Topic, count: int) -> dict[str, Any]:
    described = {
        "name": topic.name,
        "type": topic.type,
        "serialization_format": "cdr",
        "offered_qos_profiles": yaml.safe_load(topic.offered_qos or "[]"),
        "type_description_hash": topic.type_hash,
    }
    return {"topic_metadata": described, "message_count": count}


def _file(file: FileContents) -> dict[str, Any]:
    return {
        "path": file.path,
        "starting_time": {"nanoseconds_since_epoch": file.start},
        "duration": {"nanoseconds": file.duration},
        "message_count": file.messages,
    }


def as_yaml(values: dict[str, Any]) -> str:
    """A dictionary as the text that rosbag2 reads."""
    return yaml.safe_dump(values, sort_keys=False, default_flow_style=False)


def write_metadata(bag: Path, values: dict[str, Any]) -> None:
    """Write a bag's metadata.yaml, whole or not at all."""
    temporary = bag / f"{FILE_NAME}.tmp"
    try:
        temporary.write_text(as_yaml({"rosbag2_bagfile_information": values}), encoding="utf-8")
        temporary.replace(bag / FILE_NAME)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def read_metadata(bag: Path) -> dict[str, Any]:
    """The value of ``rosbag2_bagfile_information``.

    Raises:
        FileNotFoundError: there is none.
        BagError: it is not YAML, or has not what this page writes.
    """
    path = bag / FILE_NAME
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))["rosbag2_bagfile_information"]
        missing = {"storage_identifier", "relative_file_paths", "topics_with_message_count"} - values.keys()
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
        raise BagError(f"{path} cannot be read as rosbag2's metadata ({_first_line(error)})") from error
    if missing:
        raise BagError(f"{path} lacks {', '.join(sorted(missing))}")
    return dict(values)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]

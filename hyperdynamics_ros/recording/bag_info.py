"""Counts, durations and rates of a bag, from its metadata where it is complete, else from its files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hyperdynamics_ros.recording.bag_files import Tally, bag_files, check_folder, read_file, storage_of
from hyperdynamics_ros.recording.metadata import NEVER, read_metadata


@dataclass(frozen=True)
class TopicInfo:
    """One topic of a bag."""

    name: str
    type: str
    messages: int


@dataclass
class BagInfo:
    """What a bag holds."""

    bag: Path
    storage: str
    """mcap or sqlite3."""
    start: int
    """Time of the earliest message, ns; 0: there is none."""
    duration: float
    """From the earliest to the latest message, s."""
    size: int
    """Of its files, bytes."""
    files: list[str]
    topics: list[TopicInfo]
    complete: bool
    """Whether its metadata was there; if not, all was counted."""
    custom: dict[str, str] = field(default_factory=dict)
    """What else the metadata says."""

    @property
    def messages(self) -> int:
        """Of all topics."""
        return sum(topic.messages for topic in self.topics)

    def rate(self, topic: TopicInfo) -> float:
        """Messages a second over the whole bag; 0 where there is no duration."""
        return topic.messages / self.duration if self.duration else 0.0


def bag_info(bag: Path) -> BagInfo:
    """Look at a bag, without reading its messages where metadata.yaml is there.

    Raises:
        BagError: no bag is there, or its metadata is damaged.
    """
    check_folder(bag)
    files = bag_files(bag)
    try:
        return _told(bag, files, read_metadata(bag))
    except FileNotFoundError:
        return _counted(bag, files)


def _told(bag: Path, files: list[Path], metadata: dict[str, Any]) -> BagInfo:
    topics = [
        TopicInfo(one["topic_metadata"]["name"], one["topic_metadata"]["type"], one["message_count"])
        for one in metadata["topics_with_message_count"]
    ]
    start = metadata["starting_time"]["nanoseconds_since_epoch"]
    return BagInfo(
        bag,
        metadata["storage_identifier"],
        0 if start == NEVER else start,
        metadata["duration"]["nanoseconds"] * 1e-9,
        sum(path.stat().st_size for path in files),
        [path.name for path in files],
        topics,
        True,
        metadata.get("custom_data") or {},
    )


def _counted(bag: Path, files: list[Path]) -> BagInfo:
    reports = [read_file(path, Tally()) for path in files]
    types = {name: topic.type for report in reports for name, topic in report.topics.items()}
    counts = {name: sum(report.contents.counts.get(name, 0) for report in reports) for name in types}
    times = [(one.contents.start, one.contents.end) for one in reports if one.contents.messages]
    start, end = (min(one[0] for one in times), max(one[1] for one in times)) if times else (0, 0)
    size = sum(path.stat().st_size for path in files)
    topics = [TopicInfo(name, types[name], count) for name, count in counts.items()]
    names = [path.name for path in files]
    return BagInfo(bag, storage_of(files[0]), start, (end - start) * 1e-9, size, names, topics, False)

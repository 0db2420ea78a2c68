"""``hyperdynamics dataset info``: what a bag, or a set to learn from, holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from hyperdynamics_cli.bags import BagOptions
from hyperdynamics_cli.results import check_writable, write_json

if TYPE_CHECKING:
    from hyperdynamics_ros.recording.bag_info import BagInfo


@dataclass(frozen=True)
class Options(BagOptions):
    """Counts, duration and rates of a rosbag2 bag, also of one whose recording was cut off; or what a set of episodes
    or pushes holds (its folder in the bag's place)."""


def run(options: Options) -> int:
    """Look and print."""
    from hyperdynamics_cli.set_info import set_info
    from hyperdynamics_cli.set_kinds import is_set
    from hyperdynamics_ros.recording.bag_info import bag_info

    check_writable(options.json)
    if is_set(options.bag):
        return set_info(options.bag, options.json)
    info = bag_info(options.bag)
    began = datetime.fromtimestamp(info.start * 1e-9).isoformat(sep=" ", timespec="milliseconds")
    print(f"{info.bag}: {info.storage}, {len(info.files)} file(s), {info.size / 1e6:.2f} MB")
    print(f"{info.messages} messages in {info.duration:.3f} s from {began}" if info.messages else "no messages")
    for topic in info.topics:
        print(f"  {topic.name:<36}{topic.type:<36}{topic.messages:>9}{info.rate(topic):>10.2f} Hz")
    for key, value in info.custom.items():
        print(f"  {key}: {value}")
    if not info.complete:
        print(f"its recording was cut off: hyperdynamics dataset repair {info.bag}")
    write_json(options.json, _as_json(info))
    return 0


def _as_json(info: BagInfo) -> dict[str, object]:
    topics = {
        topic.name: {"type": topic.type, "messages": topic.messages, "rate": info.rate(topic)} for topic in info.topics
    }
    return {
        "bag": info.bag,
        "storage": info.storage,
        "files": info.files,
        "bytes": info.size,
        "messages": info.messages,
        "start_ns": info.start,
        "duration": info.duration,
        "complete": info.complete,
        "topics": topics,
        "custom": info.custom,
    }

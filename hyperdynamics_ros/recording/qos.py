"""Quality of service: what a subscription must ask for to hear every publisher, and what the bag says they offered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy

_INFINITE = {"sec": 9223372036, "nsec": 854775807}
"""How rosbag2 writes a duration without end."""


def matching_qos(offered: Sequence[QoSProfile], depth: int) -> QoSProfile:
    """The strictest profile that every one of these publishers can serve.

    Args:
        offered: of the topic's publishers, at least one.
        depth: messages that the middleware keeps for us while we are busy.
    """
    reliable = all(profile.reliability == ReliabilityPolicy.RELIABLE for profile in offered)
    latched = all(profile.durability == DurabilityPolicy.TRANSIENT_LOCAL for profile in offered)
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST,
        depth=depth,
        reliability=ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT,
        durability=DurabilityPolicy.TRANSIENT_LOCAL if latched else DurabilityPolicy.VOLATILE,
    )


def serves(profile: QoSProfile, wanted: QoSProfile) -> bool:
    """Whether a subscription with ``profile`` still hears publishers for which ``wanted`` was found."""
    return bool(
        (profile.reliability == wanted.reliability or profile.reliability == ReliabilityPolicy.BEST_EFFORT)
        and (profile.durability == wanted.durability or profile.durability == DurabilityPolicy.VOLATILE)
    )


def offered_yaml(offered: Sequence[QoSProfile]) -> str:
    """The publishers' profiles as rosbag2's metadata version 9 has them: a YAML list, the same profile once."""
    profiles: list[dict[str, Any]] = []
    for profile in map(_plain, offered):
        if profile not in profiles:
            profiles.append(profile)
    return yaml.safe_dump(profiles, sort_keys=False).strip()


def _plain(profile: QoSProfile) -> dict[str, Any]:
    return {
        "history": profile.history.name.lower(),
        "depth": profile.depth,
        "reliability": profile.reliability.name.lower(),
        "durability": profile.durability.name.lower(),
        "deadline": _duration(profile.deadline),
        "lifespan": _duration(profile.lifespan),
        "liveliness": profile.liveliness.name.lower(),
        "liveliness_lease_duration": _duration(profile.liveliness_lease_duration),
        "avoid_ros_namespace_conventions": profile.avoid_ros_namespace_conventions,
    }


def _duration(duration: Any) -> dict[str, int]:
    seconds, nanoseconds = divmod(duration.nanoseconds, 10**9)
    return dict(_INFINITE) if seconds >= _INFINITE["sec"] else {"sec": seconds, "nsec": nanoseconds}

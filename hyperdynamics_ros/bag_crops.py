"""Crops of recorded objects: the shipped detector looks at some moments of a bag again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from geometry_msgs.msg import PoseStamped
from sensor_msgs.msg import CameraInfo, Image

from hyperdynamics_core.data.crops import encode_map
from hyperdynamics_core.data.recorded_crops import RecordedCrop
from hyperdynamics_core.vision.frames import FrameError
from hyperdynamics_core.vision.perception import Perception
from hyperdynamics_ros.bag_messages import REWIND, BagCounts, TopicRule, checked_messages
from hyperdynamics_ros.checks import (
    MessageRefused,
    check_camera_info,
    check_color_image,
    check_depth_image,
    check_pose,
    stamp_ns,
)
from hyperdynamics_ros.conversions.images import frame_from
from hyperdynamics_ros.conversions.objects import nearest_object
from hyperdynamics_ros.frames import FrameAssembler
from hyperdynamics_ros.push_bags import Moment
from hyperdynamics_ros.push_topics import PushTopics


@dataclass(frozen=True)
class CropConfig:
    """How objects are looked at."""

    topics: PushTopics
    """Names in the bags."""
    count: int = 16
    """Moments of each object that are looked at, spread over its recording."""
    tolerance: float = 0.02
    """Greatest difference of stamps within one frame, s."""
    object_radius: float = 0.06
    """A detection farther than this from where the odometry says is another object, m."""


def choose_moments(moments: Mapping[str, Sequence[Moment]], count: int) -> dict[str, list[Moment]]:
    """At most ``count`` moments of each object, evenly spread."""
    chosen = {}
    for name, each in moments.items():
        places = np.linspace(0, len(each) - 1, min(count, len(each))).round().astype(int)
        chosen[name] = [each[place] for place in places.tolist()]
    return chosen


def bag_crops(
    chosen: Mapping[str, Sequence[Moment]], perception: Perception, config: CropConfig, counts: BagCounts,
    looked: Callable[[int], None] = lambda frames: None,
) -> dict[str, list[RecordedCrop]]:  # fmt: skip
    """Crops of each object at its moments; an object that was never found is not in the answer.

    Args:
        chosen: moments by the object's name.
        perception: detector and settings of the crops.
        config: topics and tolerances.
        counts: gets what was refused of the camera.
        looked: told how many frames have been looked at.
    """
    by_bag: dict[Path, dict[int, list[tuple[str, Moment]]]] = defaultdict(dict)
    for name, moments in chosen.items():
        for moment in moments:
            by_bag[moment.bag].setdefault(moment.stamp, []).append((name, moment))
    found: dict[str, list[RecordedCrop]] = {name: [] for name in chosen}
    frames = 0
    for bag, wanted in by_bag.items():
        for parts, name, moment in _frames(bag, wanted, config, counts):
            frames += 1
            looked(frames)
            crop = _look(parts, moment, perception, config, counts)
            if crop is not None:
                found[name].append(crop)
    return {name: crops for name, crops in found.items() if crops}


def _frames(bag: Path, wanted: dict[int, list[tuple[str, Moment]]], config: CropConfig, counts: BagCounts) -> Any:
    """(messages of the frame, object's name, moment) of every wanted moment that is whole, each once.

    Of moments with one stamp, those of a clock that was set back, the first comes first.
    """
    topics, assembler, newest = config.topics, FrameAssembler(round(1e9 * config.tolerance)), 0
    rules: dict[str, TopicRule] = {
        topics.color: (Image, check_color_image),
        topics.depth: (Image, partial(check_depth_image, allow_not_finite=True)),
        topics.camera_info: (CameraInfo, check_camera_info),
        topics.camera_pose: (PoseStamped, check_pose),
    }
    parts = dict(zip(rules, ("color", "depth", "info", "pose"), strict=True))
    camera = BagCounts()
    for message, decoded in checked_messages(bag, rules, camera):
        stamp = stamp_ns(decoded.header.stamp)
        if stamp < newest - REWIND:
            assembler.clear()
            newest = 0
        newest = max(newest, stamp)
        assembler.add(parts[message.topic], decoded)
        whole = assembler.newest()
        if whole is not None and wanted.get(whole[0]):
            yield whole[1], *wanted[whole[0]].pop(0)
    counts.refused.update(camera.refused)
    for topic, reason in camera.reasons.items():
        counts.reasons.setdefault(topic, reason)


def _look(
    parts: Mapping[str, Any], moment: Moment, perception: Perception, config: CropConfig, counts: BagCounts
) -> RecordedCrop | None:
    """What is seen of the object; None: it is not in view."""
    try:
        frame = frame_from(parts["color"], parts["depth"], parts["info"], parts["pose"])
        detections = perception.detect(frame)
    except (MessageRefused, FrameError) as refusal:
        counts.refused[config.topics.color] += 1
        counts.reasons.setdefault(config.topics.color, str(refusal))
        return None
    positions = np.array([each.position for each in detections]).reshape(-1, 3)
    mine = nearest_object(positions, moment.position, config.object_radius)
    if mine is None:
        return None
    seen_at = positions[mine]
    crop = perception.crop(frame, seen_at, moment.yaw)
    return RecordedCrop(encode_map(crop.features.numpy()), moment.yaw, moment.position - (seen_at[0], seen_at[1], 0.0))

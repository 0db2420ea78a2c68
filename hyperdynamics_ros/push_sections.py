"""A bag of pushes cut into its episodes: what was told in each, in which nothing was set up anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from geometry_msgs.msg import PoseStamped, Vector3Stamped
from nav_msgs.msg import Odometry
from numpy.typing import NDArray
from sensor_msgs.msg import Image
from std_msgs.msg import String, UInt32

from hyperdynamics_ros.bag_messages import BagCounts, TopicRule, checked_messages, sent
from hyperdynamics_ros.checks import check_displacement, check_odometry, check_pose, stamp_ns
from hyperdynamics_ros.conversions.arrays import from_xyz
from hyperdynamics_ros.push_topics import PushTopics
from hyperdynamics_ros.scene_words import SceneWords, check_scene, scene_words

LONGEST_COMMAND = 1.0
"""A longer displacement is an error, m."""
REWIND = 2_000_000_000
"""A stamp this much before the newest one (ns) is of a clock that was set back; less, a few steps, is disorder."""
EPISODE, SCENE, END_EFFECTOR, ODOMETRY, FRAME, COMMAND, REFUSED = range(7)
"""Kinds of messages."""


@dataclass(frozen=True)
class SentCommand:
    """A displacement."""

    stamp: int
    """Of the state that it answers, ns."""
    sent: int
    """When, ns, on the clock that the bag was recorded with."""
    displacement: NDArray[np.float64]
    """[3] m."""


@dataclass
class Section:
    """What was told between two resets."""

    bag: Path
    number: int | None
    """Of the episode; None: nobody told."""
    begun: int
    """When its number was sent, ns."""
    scene: SceneWords | None = None
    states: list[tuple[int, int, Any]] = field(default_factory=list)
    """(stamp, ``END_EFFECTOR`` or ``ODOMETRY``, message)."""
    commands: list[SentCommand] = field(default_factory=list)
    """Those that were carried out."""
    frames: list[int] = field(default_factory=list)
    """Stamps of colour images, ns."""
    newest: int = 0
    """Newest stamp of a state, ns."""


class Told(NamedTuple):
    """One message of a bag."""

    sent: int
    kind: int
    message: Any


def bag_sections(
    bag: Path, topics: PushTopics, counts: BagCounts, read: Callable[[int], None], frames: bool
) -> tuple[list[Section], int]:
    """The sections of a bag, in order, and how many commands had been refused.

    Args:
        bag: folder.
        topics: names in it.
        counts: of what is found.
        read: told now and then how many messages have been read.
        frames: note when images were taken.

    Raises:
        BagError: no bag.
    """
    told = list(_told(bag, topics, counts, read, frames))
    _count_order([stamp_ns(each.message.header.stamp) for each in told if each.kind == ODOMETRY], counts)
    sections, refused = [], 0
    for section, refusals in _cut(bag, sorted(told, key=lambda each: each.sent)):
        kept = _carried_out(section.commands, refusals)
        refused += len(section.commands) - len(kept)
        section.commands = kept
        sections.append(section)
    return sections, refused


def _told(
    bag: Path, topics: PushTopics, counts: BagCounts, read: Callable[[int], None], frames: bool
) -> Iterator[Told]:
    def anything(message: Any) -> None:
        """Plain numbers and words have no rule; images are checked when they are looked at."""

    kinds: dict[str, tuple[int, TopicRule]] = {
        topics.episode: (EPISODE, (UInt32, anything)),
        topics.scene: (SCENE, (String, check_scene)),
        topics.end_effector: (END_EFFECTOR, (PoseStamped, check_pose)),
        topics.odom: (ODOMETRY, (Odometry, check_odometry)),
        topics.commands: (COMMAND, (Vector3Stamped, partial(check_displacement, limit=LONGEST_COMMAND))),
        topics.refused: (REFUSED, (String, anything)),
    }
    if frames:
        kinds[topics.color] = (FRAME, (Image, anything))
    for message, found in checked_messages(bag, {name: rule for name, (_, rule) in kinds.items()}, counts, read):
        kind = kinds[message.topic][0]
        yield Told(sent(message), kind, stamp_ns(found.header.stamp) if kind == FRAME else found)


def _count_order(stamps: Sequence[int], counts: BagCounts) -> None:
    back = [earlier - later for earlier, later in zip(stamps[:-1], stamps[1:], strict=True)]
    counts.repeated += len(stamps) - len(set(stamps))
    counts.reordered += sum(0 < each <= REWIND for each in back)


def _cut(bag: Path, told: Sequence[Told]) -> Iterator[tuple[Section, list[int]]]:
    """Sections with the times of their refusals: another begins with each episode, and where stamps go far back."""
    section, refusals = Section(bag, None, 0), list[int]()
    for each in told:
        if _begins_another(section, each):
            yield section, refusals
            number = each.message.data if each.kind == EPISODE else None
            section, refusals = Section(bag, number, each.sent), []
        _note(section, refusals, each)
    yield section, refusals


def _begins_another(section: Section, told: Told) -> bool:
    if told.kind == EPISODE:
        return (told.message.data, told.sent) != (section.number, section.begun)
    return told.kind in (END_EFFECTOR, ODOMETRY) and stamp_ns(told.message.header.stamp) < section.newest - REWIND


def _note(section: Section, refusals: list[int], told: Told) -> None:
    if told.kind in (END_EFFECTOR, ODOMETRY):
        stamp = stamp_ns(told.message.header.stamp)
        section.states.append((stamp, told.kind, told.message))
        section.newest = max(section.newest, stamp)
    elif told.kind == COMMAND:
        stamp = stamp_ns(told.message.header.stamp) or section.newest
        section.commands.append(SentCommand(stamp, told.sent, from_xyz(told.message.vector)))
    elif told.kind == REFUSED:
        refusals.append(told.sent)
    elif told.kind == FRAME:
        section.frames.append(told.message)
    elif told.kind == SCENE:
        words = scene_words(told.message)
        section.scene = words if section.number in (None, words.episode) else section.scene


def _carried_out(commands: Sequence[SentCommand], refusals: Sequence[int]) -> list[SentCommand]:
    """Commands without those that a refusal followed: each refuses the newest one that was sent before it."""
    kept = list(commands)
    for refusal in refusals:
        before = [index for index, command in enumerate(kept) if command.sent <= refusal]
        if before:
            kept.pop(before[-1])
    return kept

"""Trajectories of pushes out of bags: whole states by their stamps, the commands that acted, the gaps left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.control.exploring import misfortune
from hyperdynamics_core.control.interactions import InteractionLogConfig, is_push
from hyperdynamics_core.data.recorded_pushes import RECORDED, HiddenValues, RecordedTrajectory
from hyperdynamics_core.systems.push import END_EFFECTOR, POSITION, PUSH
from hyperdynamics_core.systems.rotations import yaw_of_array
from hyperdynamics_ros.bag_messages import BagCounts
from hyperdynamics_ros.push_sections import COMMAND, ODOMETRY, Section, SentCommand, bag_sections
from hyperdynamics_ros.push_topics import PushTopics
from hyperdynamics_ros.recording.errors import BagError
from hyperdynamics_ros.steps import StepFinder
from hyperdynamics_ros.synchronisation import StateBuffer

Array = NDArray[np.float64]
CHAIN = 100_000_000
"""A push that begins this long after the last one's end (ns) goes on from its state: a command takes a moment."""
AT_REST = 0.005
"""Whenever it begins, it does so as well where object and rod have moved by no more than this since, m: a camera of few
pictures a second is waited for between two pushes, and a tracker's noise is less."""


@dataclass(frozen=True)
class PushBagConfig:
    """How a bag is read."""

    topics: PushTopics = field(default_factory=PushTopics)
    """Names in it."""
    steps: int = 5
    """Pushes a trajectory."""
    tolerance: float = 0.02
    """Greatest difference of the stamps of one state's parts, s."""
    table_half: float = 0.3
    """Half of the square table's edge, m: beyond it an object has fallen."""
    pushes: InteractionLogConfig = field(default_factory=InteractionLogConfig)
    """What counts as a push."""
    frames: bool = True
    """Note at which moments there are images."""

    def __post_init__(self) -> None:
        if self.steps < 1 or self.tolerance < 0.0:
            raise ValueError(f"steps must be at least 1 and tolerance not negative, got {self.steps}, {self.tolerance}")


@dataclass
class PushBagCounts(BagCounts):
    """What was found."""

    refused_commands: int = 0
    """Commands that were not carried out."""
    stopped: int = 0
    """Steps that a command of zero ended."""
    unfinished: int = 0
    """Steps under way when the episode or the recording ended."""
    other_steps: int = 0
    """Lifts, moves, lowerings and waits."""
    fallen: int = 0
    """Pushes after which the object had fallen or toppled."""
    short_pushes: int = 0
    """In stretches that were too short."""
    trajectories: int = 0
    """Kept."""
    steps: int = 0
    """Pushes in those."""


@dataclass(frozen=True)
class Moment:
    """When there is an image of an object, and where the object was then."""

    bag: Path
    stamp: int
    """ns."""
    position: Array
    """[3] m, as the odometry says."""
    yaw: float
    """rad."""


@dataclass(frozen=True)
class BagTrajectory:
    """A trajectory and the moments of it that there are images of."""

    trajectory: RecordedTrajectory
    moments: tuple[Moment, ...]


@dataclass(frozen=True)
class PushStep:
    """One command and what it did."""

    begun: int
    ended: int
    """Stamps of both states, ns."""
    before: Array
    action: Array
    after: Array


def push_trajectories(
    bags: Sequence[Path], config: PushBagConfig, counts: PushBagCounts,
    read: Callable[[int], None] = lambda messages: None,
) -> Iterator[BagTrajectory]:  # fmt: skip
    """Every whole trajectory in the bags, in order; counts is filled on the way.

    Args:
        bags: folders.
        config: topics and what counts.
        counts: of what is found.
        read: told now and then how many messages have been read.

    Raises:
        BagError: no bag, or one without states.
    """
    names = _Names()
    for bag in bags:
        sections, refused = bag_sections(bag, config.topics, counts, read, config.frames)
        counts.refused_commands += refused
        if not any(section.states for section in sections):
            topics = config.topics
            raise BagError(f"{bag} holds no good state on {topics.odom} and {topics.end_effector}; say which to read")
        for section in sections:
            yield from _trajectories(section, names, config, counts)


class _Names:
    """Names of objects that nobody named, each once."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def of(self, section: Section) -> str:
        name = f"{RECORDED}{section.bag.resolve().name}-{section.number or 0}"
        number, unique = 1, name
        while unique in self._given:
            number += 1
            unique = f"{name}-{number}"
        self._given.add(unique)
        return unique


def _trajectories(
    section: Section, names: _Names, config: PushBagConfig, counts: PushBagCounts
) -> Iterator[BagTrajectory]:
    steps, states = _steps(section, config, counts)
    chains = list(_chains(steps, states, config, counts))
    if not chains:
        return
    known = section.scene.system if section.scene is not None else None
    name = names.of(section) if known is None else known.object
    hidden = None if known is None else HiddenValues(known.mass, known.friction, known.com_offset)
    moments = _moments(section, states, config)
    for chain in chains:
        counts.trajectories += 1
        counts.steps += len(chain)
        trajectory = RecordedTrajectory(
            np.array([step.before for step in chain] + [chain[-1].after]), np.array([step.action for step in chain]),
            name, name if known is None else repr(known), hidden,
        )  # fmt: skip
        seen = tuple(each for each in moments if chain[0].begun <= each.stamp <= chain[-1].ended)
        yield BagTrajectory(trajectory, seen)


def _steps(section: Section, config: PushBagConfig, counts: PushBagCounts) -> tuple[list[PushStep], dict[int, Array]]:
    """The steps of a section in the order of their stamps, and its whole states by stamp."""
    tolerance = round(1e9 * config.tolerance)
    buffer, finder = StateBuffer(tolerance), StepFinder(PUSH.dt, tolerance)
    steps, states, stopped = list[PushStep](), dict[int, Array](), 0
    commands = _once(section.commands)
    # A state comes before the command that answers it.
    events: list[tuple[int, int, Any]] = [*section.states, *((each.stamp, COMMAND, each) for each in commands)]
    events.sort(key=lambda event: event[:2])
    for stamp, kind, message in events:
        if isinstance(message, SentCommand):
            stopped += finder.under_way and not message.displacement.any()
            finder.command(message.displacement, stamp, buffer.states)
            continue
        moment = buffer.add_odometry(message) if kind == ODOMETRY else buffer.add_end_effector(message)
        if moment is None:
            continue
        states[moment[0]] = moment[1]
        step = finder.state(*moment)
        if step is not None:
            steps.append(PushStep(*finder.span, *step))
    moving = sum(bool(each.displacement.any()) for each in commands)
    counts.stopped += stopped
    counts.unfinished += finder.under_way
    counts.gaps += moving - len(steps) - stopped - finder.under_way
    return steps, states


def _once(commands: Sequence[SentCommand]) -> list[SentCommand]:
    """Without what was sent again: a bridge that waits carries out the first command that answers a state."""
    answered, kept = set[int](), []
    for command in commands:
        if not command.displacement.any():
            kept.append(command)
        elif command.stamp not in answered:
            answered.add(command.stamp)
            kept.append(command)
    return kept


def _chains(
    steps: Sequence[PushStep], states: dict[int, Array], config: PushBagConfig, counts: PushBagCounts
) -> Iterator[list[PushStep]]:
    """Pushes in a row, as many as make a trajectory; what is left over is counted."""
    chain: list[PushStep] = []
    height = float(states[min(states)][2]) if states else 0.0
    for step in steps:
        pushed = is_push(step.before, step.action, step.after, config.pushes)
        fallen = pushed and misfortune(step.after, height, config.table_half) is not None
        counts.other_steps += not pushed
        counts.fallen += fallen
        if chain and (not pushed or fallen or not _goes_on(chain[-1], step)):
            chain = _left_over(chain, counts)
        if pushed and not fallen:
            chain.append(step)
        if len(chain) == config.steps:
            yield chain
            chain = []
    _left_over(chain, counts)


def _goes_on(last: PushStep, step: PushStep) -> bool:
    """Whether a push begins from the state that the last one ended in."""
    if abs(step.begun - last.ended) <= CHAIN:
        return True
    moved = (np.linalg.norm(step.before[part] - last.after[part]) for part in (POSITION, END_EFFECTOR))
    return step.begun > last.ended and bool(max(moved) <= AT_REST)


def _left_over(chain: list[PushStep], counts: PushBagCounts) -> list[PushStep]:
    counts.short += bool(chain)
    counts.short_pushes += len(chain)
    return []


def _moments(section: Section, states: dict[int, Array], config: PushBagConfig) -> list[Moment]:
    """Images of the section at which a whole state is known."""
    stamps = np.array(sorted(states), dtype=np.int64)
    found = []
    for stamp in sorted(set(section.frames)):
        if not len(stamps):
            break
        nearest = int(stamps[np.abs(stamps - stamp).argmin()])
        if abs(nearest - stamp) <= 1e9 * config.tolerance:
            state = states[nearest]
            found.append(Moment(section.bag, stamp, state[:3], yaw_of_array(state[3:7])))
    return found

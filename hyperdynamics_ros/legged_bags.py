"""Episodes of a legged robot out of bags: whole states by their stamps, the actions that acted, the gaps left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from nav_msgs.msg import Odometry
from numpy.typing import NDArray
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray

from hyperdynamics_core.systems.legged import LeggedSystem
from hyperdynamics_ros.bag_messages import REWIND, BagCounts, checked_messages, sent
from hyperdynamics_ros.checks import stamp_ns
from hyperdynamics_ros.checks.legged import check_base_odometry, check_legged_joints, check_torques
from hyperdynamics_ros.conversions.commands import numbers, stamp_of_numbers
from hyperdynamics_ros.legged_states import LeggedStates, Sample
from hyperdynamics_ros.legged_steps import Commands, LeggedStepFinder, Step
from hyperdynamics_ros.recording.errors import BagError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class LeggedBagConfig:
    """How a bag is read."""

    joint_states: str = "/joint_states"
    """Topic of the joints."""
    odom: str = "/odom"
    """Topic of the base's odometry."""
    commands: str = "/effort_controller/commands"
    """Topic of the torques."""
    action_source: str = "effort"
    """What acted: effort (of the joint states) or command (of the topic)."""
    command_delay: float = 0.0
    """With command: from a state's stamp to the moment its command acts, s."""
    command_hold: float = 0.1
    """With command: how long a command acts at most, s."""
    tolerance: float = 0.002
    """Greatest difference of the stamps of one state's parts, s."""
    least_steps: int = 40
    """Shorter stretches are left out: a window of 16 and what follows it must fit."""

    def __post_init__(self) -> None:
        if self.action_source not in ("effort", "command"):
            raise ValueError(f"action_source must be effort or command, got {self.action_source!r}")
        if self.least_steps < 1 or min(self.command_delay, self.command_hold, self.tolerance) < 0.0:
            raise ValueError("least_steps must be at least 1, delay, hold and tolerance not negative")


@dataclass
class LeggedBagCounts(BagCounts):
    """What was found."""

    without_action: int = 0
    """Steps of which nobody knows the action."""
    episodes: int = 0
    """Kept."""
    steps: int = 0
    """In those."""


@dataclass(frozen=True)
class BagEpisode:
    """Steps without a gap."""

    states: Array
    """[T + 1, n_s]."""
    actions: Array
    """[T, n_a]."""
    rewards: Array
    """[T]."""
    bag: str
    """Where from."""
    begun: int
    """Stamp of the first state, ns."""


Event = tuple[int, int, Any]
"""Stamp, kind (``JOINTS``, ``ODOMETRY``, ``COMMAND``), message."""
COMMAND, JOINTS, ODOMETRY = range(3)


def legged_episodes(
    bags: Sequence[Path], system: LeggedSystem, config: LeggedBagConfig, counts: LeggedBagCounts,
    read: Callable[[int], None] = lambda messages: None,
) -> Iterator[BagEpisode]:  # fmt: skip
    """Every stretch of steps in the bags, in order; counts is filled on the way.

    Args:
        bags: folders.
        system: whose bags they are.
        config: topics and tolerances.
        counts: of what is found.
        read: told now and then how many messages have been read.

    Raises:
        BagError: no bag, or one without states of this robot.
    """
    for bag in bags:
        before = _states_read(config, counts)
        for run in _runs(_events(bag, system, config, counts, read)):
            yield from _stretches(bag, run, system, config, counts)
        if _states_read(config, counts) == before:
            raise BagError(f"{bag} holds nothing on {config.joint_states} and {config.odom}; say which topics to read")


def _states_read(config: LeggedBagConfig, counts: LeggedBagCounts) -> int:
    return counts.messages[config.joint_states] + counts.messages[config.odom]


def _events(
    bag: Path, system: LeggedSystem, config: LeggedBagConfig, counts: LeggedBagCounts, read: Callable[[int], None]
) -> Iterator[Event]:
    kinds: dict[str, tuple[int, type, Callable[[Any], None]]] = {
        config.joint_states: (JOINTS, JointState, lambda message: check_legged_joints(message, system)),
        config.odom: (ODOMETRY, Odometry, check_base_odometry),
        config.commands: (COMMAND, Float64MultiArray, lambda message: check_torques(message, system)),
    }
    rules = {name: (message_type, check) for name, (_, message_type, check) in kinds.items()}
    for message, found in checked_messages(bag, rules, counts, read):
        kind = kinds[message.topic][0]
        stamp = stamp_of_numbers(found) if kind == COMMAND else stamp_ns(found.header.stamp)
        yield sent(message) if stamp is None else stamp, kind, found


def _runs(events: Iterator[Event]) -> Iterator[list[Event]]:
    """Events of one clock each: where stamps of states go far back, the clock was set anew."""
    run: list[Event] = []
    newest = None
    for event in events:
        if event[1] != COMMAND:
            if newest is not None and event[0] < newest - REWIND:
                yield run
                run, newest = [], None
            newest = event[0] if newest is None else max(newest, event[0])
        run.append(event)
    yield run


def _stretches(
    bag: Path, run: list[Event], system: LeggedSystem, config: LeggedBagConfig, counts: LeggedBagCounts
) -> Iterator[BagEpisode]:
    """Cut a run's samples into steps, and at every gap into episodes."""
    commands = None
    if config.action_source == "command":
        commands = Commands(round(1e9 * config.command_delay), round(1e9 * config.command_hold))
    finder, steps, begun = LeggedStepFinder(system, commands), list[Step](), 0
    for sample in _samples(run, system, config, counts, commands):
        cut = finder.add(sample)
        if cut is None:
            continue
        if cut.step is not None:
            steps.append(cut.step)
        if cut.broken:
            yield from _episode(bag, steps, begun, system, config, counts)
            steps, begun = [], sample.stamp
    yield from _episode(bag, steps, begun, system, config, counts)
    counts.gaps += finder.gaps
    counts.without_action += finder.without_action


def _samples(
    run: list[Event], system: LeggedSystem, config: LeggedBagConfig, counts: LeggedBagCounts, commands: Commands | None
) -> Iterator[Sample]:
    """Whole states in the order of their stamps; the commands are told to ``commands`` on the way."""
    order = [event[0] for event in run if event[1] == JOINTS]
    counts.repeated += len(order) - len(set(order))
    counts.reordered += sum(later < earlier for earlier, later in zip(order[:-1], order[1:], strict=True))
    states, limits = LeggedStates(system, round(1e9 * config.tolerance)), np.array(system.max_torques)
    for stamp, kind, message in sorted(run, key=lambda event: event[:2]):
        if kind == COMMAND:
            if commands is not None:
                commands.add(stamp, numbers(message) / limits)
            continue
        sample = states.add_joints(message) if kind == JOINTS else states.add_odometry(message)
        if sample is not None and not sample.repeated:
            yield sample


def _episode(
    bag: Path, steps: list[Step], begun: int, system: LeggedSystem, config: LeggedBagConfig, counts: LeggedBagCounts
) -> Iterator[BagEpisode]:
    if not steps:
        return
    if len(steps) < config.least_steps:
        counts.short += 1
        return
    states = np.array([step[0] for step in steps] + [steps[-1][2]])
    actions = np.array([step[1] for step in steps])
    rewards = system.rewards(torch.from_numpy(states), torch.from_numpy(actions)).numpy()
    counts.episodes += 1
    counts.steps += len(steps)
    yield BagEpisode(states, actions, rewards, str(bag), begun)

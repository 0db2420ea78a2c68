"""``hyperdynamics dataset from-bag``: recorded walks become a set of episodes to train and measure with."""

from __future__ import annotations

import json as json_module
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from hyperdynamics_cli.errors import UserError
from hyperdynamics_cli.locomotion import Robot
from hyperdynamics_cli.results import check_writable, write_json

if TYPE_CHECKING:
    from hyperdynamics_ros.legged_bags import LeggedBagCounts


@dataclass(frozen=True)
class Topics:
    """Names of the topics in the bag."""

    joint_states: str = "/joint_states"
    """sensor_msgs/JointState."""
    odom: str = "/odom"
    """nav_msgs/Odometry of the base."""
    commands: str = "/effort_controller/commands"
    """std_msgs/Float64MultiArray, torques."""


@dataclass(frozen=True)
class Options:
    """Make episodes of a legged robot's bags, for `train dynamics` and `evaluate locomotion --errors`.

    States are put together by their stamps, whatever order they were recorded in; where one is missing, or the clock
    was set anew, another episode begins. What is left out is counted and said.
    """

    bags: Annotated[tuple[Path, ...], tyro.conf.Positional, tyro.conf.arg(metavar="BAG")]
    """Folders of the bags."""
    out: Path
    """Folder of the episodes, to be made."""
    robot: Robot = "cheetah"
    """Who walks."""
    identity: str = ""
    """Name of the very robot (or simulator): sets of different ones are not mixed."""
    action_source: Literal["effort", "command"] = "effort"
    """What acted: the efforts that the driver tells, or the commands on the topic."""
    command_delay: float = 0.0
    """With command: from a state's stamp to the moment its command acts, s."""
    least_steps: int = 40
    """Stretches of fewer steps are left out."""
    topics: Topics = field(default_factory=Topics)
    """Names of the topics."""
    json: Path | None = None
    """Write what was found to this file."""


def run(options: Options) -> int:
    """Read, write, say what was found."""
    from hyperdynamics_core.data.episodes import EpisodeWriter
    from hyperdynamics_core.systems.legged import LEGGED
    from hyperdynamics_ros.legged_bags import LeggedBagConfig, LeggedBagCounts, legged_episodes
    from sim_bridges.workers import folder_lock

    check_writable(options.json)
    if options.out.exists() and any(options.out.iterdir()):
        raise UserError(
            f"{options.out} is not empty; give a folder that is to be made (sets are joined when they are used)"
        )
    system, counts = LEGGED[options.robot], LeggedBagCounts()
    config = LeggedBagConfig(
        **asdict(options.topics), action_source=options.action_source, command_delay=options.command_delay,
        least_steps=options.least_steps,
    )  # fmt: skip
    about = {"source": "bags", "bags": [str(bag) for bag in options.bags], "action_source": options.action_source}
    with folder_lock(options.out), _progress() as bar:
        task = bar.add_task("", total=None)
        found = legged_episodes(options.bags, system, config, counts, lambda read: bar.update(task, completed=read))
        writer = EpisodeWriter(options.out, system, {"robot": options.identity or f"recorded {system.name}"}, (), about)
        for episode in found:
            spec = json_module.dumps({"bag": episode.bag, "begun_ns": episode.begun})
            writer.add(episode.states, episode.actions, episode.rewards, [[]] * len(episode.rewards), spec)
    say(options, counts)
    write_json(options.json, {"out": options.out, "trials": counts.episodes, **vars(counts)})
    return 0 if counts.episodes else 1


def _progress() -> Any:
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    return Progress(SpinnerColumn(), TextColumn("messages"), MofNCompleteColumn(), transient=True)


def say(options: Options, counts: LeggedBagCounts) -> None:
    """What was found, in words."""
    print(f"{options.out}: {counts.episodes} episodes, {counts.steps} steps, of {counts.messages.total()} messages")
    for count, words in (
        (counts.reordered, "states came after a later one and were put in order"),
        (counts.repeated, "states were told again and count once"),
        (counts.gaps, "gaps in the states: another episode begins"),
        (counts.without_action, "steps without a known action left out; look at --action-source"),
        (counts.short, f"stretches of fewer than {options.least_steps} steps left out"),
    ):
        if count:
            print(f"  {count} {words}")
    for topic, count in sorted(counts.refused.items()):
        print(f"  {count} messages of {topic} refused, the first because {counts.reasons[topic]}")
    for problem in counts.problems:
        print(f"  {problem}")
    if not counts.episodes:
        print(
            "no episode was found; look at the counts above and at the topics' names (hyperdynamics dataset info BAG)"
        )

"""``hyperdynamics dataset from-bag``: recorded walks and pushes become a set to train and measure with."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from hyperdynamics_cli.results import check_writable
from hyperdynamics_ros.push_topics import PushTopics

if TYPE_CHECKING:
    from hyperdynamics_ros.bag_messages import BagCounts


@dataclass(frozen=True)
class Topics:
    """Legs: names of the topics in the bag."""

    joint_states: str = "/joint_states"
    """sensor_msgs/JointState."""
    odom: str = "/odom"
    """nav_msgs/Odometry of the base."""
    commands: str = "/effort_controller/commands"
    """std_msgs/Float64MultiArray, torques."""


@dataclass(frozen=True)
class Options:
    """Make a set to learn from out of bags: episodes of legs, for `train dynamics` and `evaluate locomotion --errors`,
    or an arm's pushes with crops of what it pushed, for `train push` and `evaluate push --data`.

    States are put together by their stamps, whatever order they were recorded in; where one is missing, the scene was
    set up anew or the clock set back, another stretch begins. What is left out is counted and said.
    """

    bags: Annotated[tuple[Path, ...], tyro.conf.Positional, tyro.conf.arg(metavar="BAG")]
    """Folders of the bags."""
    out: Path
    """Folder of the episodes, to be made."""
    robot: Literal["arm", "cheetah", "ant"] = "cheetah"
    """Who pushes or walks."""
    identity: str = ""
    """Name of the very robot (or simulator): sets of different ones are not mixed."""
    physics: Literal["", "kuka", "gantry"] = ""
    """Arm: the bag is of that simulated arm, so that its set can be mixed with what `collect push` makes."""
    steps: int = 5
    """Arm: pushes a trajectory."""
    perception: Path = Path("models/push-perception")
    """Arm: checkpoint folder of the detector that looks at the images again, for crops in OUT/crops."""
    images: bool = True
    """Arm: make crops; without them only blind methods can learn from the set."""
    crops: int = 16
    """Arm: moments at which each object is looked at, at most."""
    action_source: Literal["effort", "command"] = "effort"
    """Legs: what acted: the efforts that the driver tells, or the commands on the topic."""
    command_delay: float = 0.0
    """Legs, with command: from a state's stamp to the moment its command acts, s."""
    least_steps: int = 40
    """Legs: stretches of fewer steps are left out."""
    topics: Topics = field(default_factory=Topics)
    """Legs: names of the topics."""
    push_topics: PushTopics = field(default_factory=PushTopics)
    """Arm: names of the topics."""
    json: Path | None = None
    """Write what was found to this file."""


def run(options: Options) -> int:
    """Read, write, say what was found."""
    from hyperdynamics_cli import from_bag_legs, from_bag_pushes
    from hyperdynamics_core.data.parting import require_empty

    check_writable(options.json)
    require_empty(options.out)
    return from_bag_pushes.run(options) if options.robot == "arm" else from_bag_legs.run(options)


def progress() -> Any:
    """A bar of what has been read."""
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    return Progress(SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn(), transient=True)


def say_left_out(lines: tuple[tuple[int, str], ...], counts: BagCounts) -> None:
    """What was put in order, what was left out and why."""
    for count, words in lines:
        if count:
            print(f"  {count} {words}")
    for topic, count in sorted(counts.refused.items()):
        print(f"  {count} messages of {topic} refused, the first because {counts.reasons[topic]}")
    for problem in counts.problems:
        print(f"  {problem}")

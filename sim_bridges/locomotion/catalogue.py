"""Which robot walks where, and what is hidden from it (sections 4.2 and B; docs/locomotion_worlds.md)."""

from __future__ import annotations

from dataclasses import dataclass

from hyperdynamics_core.systems.legged import LEGGED, LeggedSystem
from sim_bridges.locomotion.properties import Property, choices

SPLITS = ("seen", "novel")
"""Values to train with and values held out."""


@dataclass(frozen=True)
class Task:
    """One robot on one kind of ground."""

    name: str
    """Robot and terrain."""
    robot: str
    """Name of its system in ``LEGGED``."""
    terrain: str
    """slope, pier, or flat ground with a changed robot: cripple, motor."""
    properties: tuple[Property, ...]
    """What is hidden; the first is the one the splits differ in."""
    segment_length: float = 0.0
    """Length along x over which hidden values stay, m; 0: the whole episode."""
    segments: int = 1
    """How many segments a track has."""
    starts: tuple[float, float] = (0.0, 0.0)
    """Where on the track an episode may start, m from its beginning."""

    @property
    def system(self) -> LeggedSystem:
        """Layout, time step and reward."""
        return LEGGED[self.robot]

    @property
    def length(self) -> float:
        """Length of the track, m; 0 where the ground is flat and without end."""
        return self.segment_length * self.segments


_SLOPES, _BLOCKS = {"cheetah": 4, "ant": 7}, {"cheetah": 9, "ant": 22}
"""Enough for an episode of the best planner: the ant runs 85 m in its 10 s. Starts spread over one segment."""

_DECKS = {"cheetah": (0.75, 2.5), "ant": (0.2, 1.5)}
"""Friction of the decks in parts of the usual 0.4 and 1.0; under 0.3 the cheetah hardly walks, whoever plans."""


def _slope(robot: str) -> Task:
    height = Property("height", "m", seen=((0.5, 3.5),), novel=((0.0, 0.25), (3.75, 4.0)), limits=(-7.5, 7.5))
    return Task(f"{robot}-slope", robot, "slope", (height,), segment_length=15.0,
                segments=_SLOPES[robot], starts=(3.0, 18.0))  # fmt: skip


def _pier(robot: str) -> Task:
    damping = Property(
        "damping_ratio", "1", seen=((0.2, 0.8),), novel=((0.0, 0.1), (0.9, 1.0)), limits=(0.0, 5.0)
    )  # fmt: skip
    friction = Property("friction_factor", "1", seen=(_DECKS[robot],), novel=(_DECKS[robot],), limits=(0.0, 5.0))
    return Task(
        f"{robot}-pier", robot, "pier", (damping, friction), segment_length=4.0, segments=_BLOCKS[robot],
        starts=(4.0, 8.0),
    )  # fmt: skip


def _cripple(robot: str, held_out: tuple[int, ...]) -> Task:
    joints = range(len(LEGGED[robot].joint_names))
    joint = Property(
        "crippled_joint", "1", seen=choices(*(j for j in joints if j not in held_out)), novel=choices(*held_out),
        limits=(-1.0, len(joints) - 1.0), whole=True,
    )  # fmt: skip
    return Task(f"{robot}-cripple", robot, "cripple", (joint,))


def _motor(robot: str) -> Task:
    strength = Property("motor_strength", "1", seen=((0.7, 1.3),), novel=((0.5, 0.6), (1.4, 1.5)), limits=(0.0, 3.0))
    return Task(f"{robot}-motor", robot, "motor", (strength,))


TASKS = {
    task.name: task
    for robot, held_out in (("cheetah", (1, 5)), ("ant", (3, 6)))
    for task in (_slope(robot), _pier(robot), _cripple(robot, held_out), _motor(robot))
}
"""By name. Joints held out: the cheetah's bshin and ffoot, the ant's ankle_2 and hip_4."""


def task_named(name: str) -> Task:
    """A task by name.

    Raises:
        ValueError: an unknown name.
    """
    if name not in TASKS:
        raise ValueError(f"unknown locomotion task {name!r}; choose one of {', '.join(TASKS)}")
    return TASKS[name]

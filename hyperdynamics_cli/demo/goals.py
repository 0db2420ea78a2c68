"""Which goals a run sends: object, obstacles and seed of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hyperdynamics_cli.errors import UserError

ObstacleChoice = Literal["some", "none", "all"]
SHOWCASE = ("mug/05", "mit/hex", "bowl/05", "camera/05", "bed/05")
"""The demo's novel objects: one of each kind."""
OBSTACLE_EVERY, OBSTACLE_FIRST = 5, 2
"""With some obstacles: every fifth goal, beginning with the third."""


@dataclass(frozen=True)
class GoalPlan:
    """One goal to be sent."""

    number: int
    """From 1."""
    object: str
    """Name of the object."""
    obstacles: bool
    """Whether two obstacles stand in the way."""
    seed: int
    """Of the scene."""


def plan_goals(count: int, objects: Sequence[str], split: str, obstacles: ObstacleChoice, seed: int) -> list[GoalPlan]:
    """The goals of a run.

    Args:
        count: how many.
        objects: in this order, over and over, a folder's meshes one by one; empty: the demo's five, or for more goals
            than five all objects of the split in random order.
        split: seen, novel or all.
        obstacles: in every fifth scene, in none, in all.
        seed: of the order and the scenes.

    Raises:
        UserError: no goal.
        ValueError: an unknown object or split, or a mesh that cannot be pushed.
    """
    if count < 1:
        raise UserError(f"--goals is {count}; it must be 1 or more")
    names = _checked(objects) or _default_objects(count, split, seed)
    return [
        GoalPlan(index + 1, names[index % len(names)], _has_obstacles(index, obstacles), seed * 100_003 + index)
        for index in range(count)
    ]


def _default_objects(count: int, split: str, seed: int) -> list[str]:
    from sim_bridges.pushing.objects import object_names

    names = object_names(split)
    if split == "novel" and count <= len(SHOWCASE):
        return list(SHOWCASE)
    return [names[index] for index in np.random.default_rng(seed).permutation(len(names))]


def _checked(objects: Sequence[str]) -> list[str]:
    """Names of single objects; each is built here, and not half a minute later by the bridge."""
    from sim_bridges.pushing.objects import load_object
    from sim_bridges.pushing.user_meshes import expand_names

    return [load_object(name).name for name in expand_names(objects)]


def _has_obstacles(index: int, choice: ObstacleChoice) -> bool:
    return choice == "all" or (choice == "some" and index % OBSTACLE_EVERY == OBSTACLE_FIRST)

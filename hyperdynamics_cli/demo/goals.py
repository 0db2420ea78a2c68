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
        objects: in this order, over and over; empty: the demo's five, or for more goals than five all objects of the
            split in random order.
        split: seen, novel or all.
        obstacles: in every fifth scene, in none, in all.
        seed: of the order and the scenes.

    Raises:
        UserError: no goal, or an unknown object or split.
    """
    if count < 1:
        raise UserError(f"--goals is {count}; it must be 1 or more")
    names = list(objects) or _default_objects(count, split, seed)
    _check_names(names)
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


def _check_names(names: Sequence[str]) -> None:
    from sim_bridges.pushing.objects import CATALOGUE

    for name in names:
        if name not in CATALOGUE and not name.startswith("folder:"):
            raise UserError(f"unknown object {name!r}; `hyperdynamics objects` lists them, or folder:<mesh file>")


def _has_obstacles(index: int, choice: ObstacleChoice) -> bool:
    return choice == "all" or (choice == "some" and index % OBSTACLE_EVERY == OBSTACLE_FIRST)

"""Random pushes to learn from (section A.1): how they are drawn, and which of them are kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.systems.push import END_EFFECTOR, ORIENTATION, POSITION
from hyperdynamics_core.systems.rotations import yaw_of_array

Array = NDArray[np.float64]
PUSH_LENGTH = (0.03, 0.06)
"""Length of one push, m."""
ANY_DIRECTION = 0.2
"""Probability of a completely random direction; else towards a random point of the object's box."""
TOPPLED = float(np.cos(np.deg2rad(30.0)))
"""Cosine of the lean from which an object does not stand any more."""
FAILURES_IN_A_ROW = 20
"""Trajectories that may fail one after the other before exploring is given up."""


@dataclass(frozen=True)
class PushBox:
    """Where pushes aim at: a rectangle seen from above."""

    centre: tuple[float, float]
    """m; from the object's position, in the object's frame, or in the world's."""
    half: tuple[float, float]
    """Half its sides, m."""
    turns: bool = True
    """It is the object's, turned by its yaw; else it lies along the world's axes where it is."""


def random_push(rng: np.random.Generator, state: Array, box: PushBox) -> Array:
    """Displacement [3] (m, dz = 0) for push state [16]: anywhere, or towards a point in the object's bounding box."""
    length = rng.uniform(*PUSH_LENGTH)
    if rng.random() < ANY_DIRECTION:
        angle = rng.uniform(-np.pi, np.pi)
    else:
        towards = point_in_box(rng, state, box) - state[END_EFFECTOR][:2]
        angle = np.arctan2(towards[1], towards[0])
    return np.array([length * np.cos(angle), length * np.sin(angle), 0.0])


def point_in_box(rng: np.random.Generator, state: Array, box: PushBox) -> Array:
    """[2] a random point of the box where the object lies in push state [16], world frame, m."""
    local: Array = np.asarray(box.centre) + rng.uniform(-1.0, 1.0, 2) * np.asarray(box.half)
    if not box.turns:
        return local
    yaw = yaw_of_array(state[ORIENTATION])
    cosine, sine = np.cos(yaw), np.sin(yaw)
    turned = np.array([cosine * local[0] - sine * local[1], sine * local[0] + cosine * local[1]])
    return np.asarray(state[POSITION][:2] + turned)


def misfortune(state: Array, rest_height: float, table_half: float = 0.3) -> str | None:
    """Why a push that ended in state [16] is of no use: fell (off the table), toppled; None: it is.

    rest_height: of the object's position when it stands, m. table_half: half of the square table's edge, m.
    """
    if np.abs(state[:2]).max() > table_half or state[2] < 0.5 * rest_height:
        return "fell"
    x, y = state[ORIENTATION][:2]
    return "toppled" if 1.0 - 2.0 * (x * x + y * y) < TOPPLED else None


@dataclass(frozen=True)
class ExploreConfig:
    """How long, and where."""

    pushes: int = 100
    """To keep, rounded up to whole trajectories."""
    steps: int = 5
    """Pushes a trajectory."""
    table_half: float = 0.3
    """Half of the square table's edge, m."""
    base: tuple[float, float] = (-0.5, 0.0)
    """The robot's base, about which the rod reaches, m."""
    reach: tuple[float, float] = (0.24, 0.86)
    """Nearest and farthest distance of the rod from it, m."""
    push_height: float = 0.012
    """Height of the rod's tip while it pushes, m."""
    height_tolerance: float = 0.02
    """A rod that is farther from that height cannot push, m."""

    def __post_init__(self) -> None:
        if self.pushes < 1 or self.steps < 1:
            raise ValueError(f"pushes and steps must be at least 1, got {self.pushes} and {self.steps}")


class ExplorationError(RuntimeError):
    """Exploring cannot go on; the message says why and what to look at."""


@dataclass
class Exploration:
    """Draws one push after the other and says when the object is to be set up anew.

    A trajectory in which the object fell or toppled, or the rod would have left its reach, is given up, as a collection
    without ROS does it: it is not counted, and its pushes are too few in a row to be taken for one.
    """

    config: ExploreConfig
    rng: np.random.Generator
    trajectories: int = 0
    """Kept."""
    given_up: Counter[str] = field(default_factory=Counter)
    """Trajectories that were not, by reason."""
    _height: float | None = None
    _done: int = 0
    _failures: int = 0

    @property
    def pushes(self) -> int:
        """In the kept trajectories."""
        return self.trajectories * self.config.steps

    @property
    def finished(self) -> bool:
        """Whether there are as many as were asked for."""
        return self.pushes >= self.config.pushes

    def begin(self) -> None:
        """The object was set up anew."""
        self._height, self._done = None, 0

    def spoiled(self, state: Array) -> bool:
        """Whether nothing is to be pushed any more in state [16], so that nobody need see where it is."""
        return self._misfortune(state) is not None

    def _misfortune(self, state: Array) -> str | None:
        height = float(state[2]) if self._height is None else self._height
        return misfortune(state, height, self.config.table_half)

    def next(self, state: Array, box: PushBox | None) -> Array | None:
        """The next push [3] (m) from state [16], which the last one ended in; None: set the object up anew.

        box: None where nobody knows it.

        Raises:
            ExplorationError: no trajectory succeeds.
        """
        first = self._height is None
        self._height = float(state[2]) if self._height is None else self._height
        reason = self._misfortune(state)
        if reason is None and box is None and self._done < self.config.steps:
            reason = "not seen"
        if first and abs(state[15] - self.config.push_height) > self.config.height_tolerance:
            reason = "rod not at pushing height"
        if reason is None and self._done == self.config.steps:
            self.trajectories, self._failures = self.trajectories + 1, 0
            return None
        push = np.zeros(3) if box is None else random_push(self.rng, state, box)
        if reason is None and not self._reachable(state[END_EFFECTOR] + push):
            reason = "out of reach"
        if reason is not None:
            self.give_up(reason)
            return None
        self._done += 1
        return push

    def give_up(self, reason: str) -> None:
        """The trajectory under way is of no use; the object is to be set up anew.

        Raises:
            ExplorationError: that happened too often in a row.
        """
        self.given_up[reason] += 1
        self._failures += 1
        if self._failures >= FAILURES_IN_A_ROW:
            counts = ", ".join(f"{reason}: {count}" for reason, count in self.given_up.items())
            raise ExplorationError(
                f"{self._failures} trajectories in a row were given up ({counts}); look at where reset sets object and "
                "rod down, and at table_half, reach_min, reach_max and push_height"
            )

    def _reachable(self, tip: Array) -> bool:
        distance = float(np.hypot(tip[0] - self.config.base[0], tip[1] - self.config.base[1]))
        return self.config.reach[0] <= distance <= self.config.reach[1]

    def words(self) -> str:
        """What was done, in one line."""
        failed = ", ".join(f"{count} {reason}" for reason, count in sorted(self.given_up.items())) or "none"
        return f"{self.pushes} pushes in {self.trajectories} trajectories; given up: {failed}"

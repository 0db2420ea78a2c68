"""What the pictures are made of. Lengths in metres, angles in radians, world frame: x forward, y left."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Image = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Outline:
    """A thing seen from above."""

    name: str
    """Name of the object, e.g. mug/05."""
    rings: tuple[Array, ...]
    """Closed outlines [n, 2] in the object's own frame, m; the outer ones."""
    holes: tuple[Array, ...] = ()
    """Holes in them, [n, 2], m."""
    colour: tuple[float, float, float] = (0.5, 0.5, 0.5)
    """RGB in [0, 1]."""


@dataclass(frozen=True)
class Pose:
    """Place and heading on the table."""

    x: float
    y: float
    yaw: float


@dataclass(frozen=True, eq=False)
class SceneRecord:
    """One goal's scene at the start."""

    number: int
    """Number of the goal, from 1."""
    object: Outline
    start: Pose
    goal: tuple[float, float]
    """m."""
    obstacles: tuple[tuple[Outline, Pose], ...] = ()
    tolerance: float = 0.04
    """Distance to the goal that counts as reached, m."""
    camera: int = -1
    """Number of the camera; -1: not known."""


@dataclass(frozen=True)
class PushRecord:
    """One push as the controller's feedback tells it."""

    step: int
    """Pushes so far, probing included."""
    phase: str
    """probing or pushing."""
    distance: float
    """Of the object to the goal after it, m."""
    predicted_motion: float = math.nan
    """m; NaN: no prediction."""
    real_motion: float = math.nan
    """m; NaN: not known."""
    planning_ms: float = math.nan
    """ms; NaN: not planned."""


@dataclass(frozen=True, eq=False)
class Overlay:
    """What the controller thinks, as its markers tell it; every path [n, 2] in m."""

    candidates: tuple[Array, ...] = ()
    chosen: Array | None = None
    predicted: Array | None = None
    real: Array | None = None


@dataclass(frozen=True, eq=False)
class Moment:
    """One frame of the video."""

    pose: Pose
    """Of the object."""
    rod: tuple[float, float]
    """Tip of the rod, m."""
    image: Image | None = None
    """[H, W, 3] of the scene."""
    inset: Image | None = None
    """[H, W, 3] of the camera where image is another view; shown small."""
    overlay: Overlay = field(default_factory=Overlay)
    push: PushRecord | None = None
    """The newest push; None before the first."""
    phase: str = "waiting"
    """What the controller does."""
    distance: float = math.nan
    """Of the object to the goal, m."""


@dataclass(frozen=True, eq=False)
class GoalRecord:
    """How one goal went."""

    scene: SceneRecord
    path: Array
    """[n, 2] places of the object, start first, m."""
    pushes: tuple[PushRecord, ...]
    success: bool
    message: str
    """What happened, in words."""
    final_distance: float
    """m; NaN: not known."""
    steps: int
    """Pushes, probing included."""
    final: Pose | None = None
    """Where the object ended; None: not known."""
    image: Image | None = None
    """[H, W, 3] of the camera at the end."""
    code: int = -1
    """Result code of the action; -1: none came."""
    seconds: float = math.nan
    """Wall time, s."""

"""Bowls: a flaring, hollow body on a foot, round, oval or many-sided."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim_bridges.pushing.families.solid import Points, Solid, corners, solid_from, turned


@dataclass(frozen=True)
class Bowl:
    """Dimensions of a bowl, m."""

    rim_radius: float
    """Outer radius at the rim, along x."""
    foot_radius: float
    """Outer radius of the foot, along x."""
    height: float
    """Height of the rim."""
    wall: float
    """Thickness of wall and floor."""
    fullness: float
    """Curve of the wall: 1 is a cone, larger is rounder."""
    oval: float
    """Width along y over length along x."""
    sides: int
    """Facets of the outline: 40 is round, 6 a hexagon."""


MEMBERS = (
    Bowl(0.058, 0.034, 0.046, 0.0040, 2.2, 1.00, 40),
    Bowl(0.052, 0.036, 0.058, 0.0045, 3.0, 1.00, 40),
    Bowl(0.060, 0.038, 0.038, 0.0050, 1.4, 0.78, 40),
    Bowl(0.047, 0.030, 0.044, 0.0040, 2.0, 1.00, 8),
    Bowl(0.055, 0.035, 0.050, 0.0045, 1.7, 0.88, 40),
)


def build(bowl: Bowl) -> Solid:
    """The bowl standing on z = 0."""
    rise = np.linspace(0.0, 1.0, 9)
    radius = bowl.foot_radius + (bowl.rim_radius - bowl.foot_radius) * (1 - (1 - rise) ** bowl.fullness)
    outer = turned(_closed(radius, bowl.height * rise), bowl.sides)
    thin = (bowl.height - bowl.wall) / bowl.height
    inner = turned(_closed(radius - bowl.wall, bowl.wall + bowl.height * thin * rise * 1.02), bowl.sides)
    stretch = (1.0, bowl.oval, 1.0)
    return solid_from((outer - inner).scale(stretch), (corners(outer.scale(stretch)),))


def _closed(radius: Points, height: Points) -> Points:
    """Outline [n, 2] of (radius, height) closed along the axis."""
    wall = np.stack((radius, height), axis=1)
    return np.concatenate(([[0.0, height[0]]], wall, [[0.0, height[-1]]]))


def sample(rng: np.random.Generator) -> Bowl:
    """Draw a bowl of 7-12 cm whose foot is wide enough to stand while it is pushed at the rim."""
    rim = rng.uniform(0.036, 0.060)
    return Bowl(
        rim,
        rim * rng.uniform(0.55, 0.75),
        min(rim * rng.uniform(0.6, 1.15), 0.065),
        rng.uniform(0.0035, 0.006),
        rng.uniform(1.2, 3.2),
        1.0 if rng.random() < 0.5 else rng.uniform(0.7, 1.0),
        40 if rng.random() < 0.7 else 2 * int(rng.integers(3, 6)),
    )

"""Mugs: a hollow, slightly conical cup, with a round or a square handle or with none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from manifold3d import CrossSection, Manifold

from sim_bridges.pushing.families.solid import Points, Solid, block, corners, solid_from, turned


@dataclass(frozen=True)
class Mug:
    """Dimensions of a mug, m."""

    base_radius: float
    """Outer radius at the foot."""
    rim_radius: float
    """Outer radius at the rim."""
    height: float
    """Height of the cup."""
    wall: float
    """Thickness of wall and floor."""
    handle_reach: float
    """How far the handle stands out of the wall; 0 for none."""
    handle_height: float
    """Outer height of the handle."""
    handle_width: float
    """Width of the handle's band."""
    square: bool
    """Whether the handle is angular rather than round."""


MEMBERS = (
    Mug(0.038, 0.040, 0.085, 0.0040, 0.028, 0.056, 0.012, False),
    Mug(0.033, 0.041, 0.070, 0.0045, 0.030, 0.046, 0.014, True),
    Mug(0.045, 0.045, 0.062, 0.0050, 0.026, 0.044, 0.016, False),
    Mug(0.040, 0.035, 0.078, 0.0040, 0.032, 0.052, 0.011, True),
    Mug(0.037, 0.043, 0.080, 0.0045, 0.0, 0.0, 0.0, False),
)


def build(mug: Mug) -> Solid:
    """The mug standing on z = 0, its handle along +x."""
    cup, inside = _cup(mug)
    parts = (corners(cup),)
    if mug.handle_reach == 0:
        return solid_from(cup - inside, parts)
    handle = _handle(mug) - cup
    return solid_from((cup + handle) - inside, (*parts, corners(handle)))


def _cup(mug: Mug) -> tuple[Manifold, Manifold]:
    """The cup filled to the rim, and what is scooped out of it."""
    outer = _cone(mug.base_radius, mug.rim_radius, mug.height)
    inner = _cone(mug.base_radius - mug.wall, mug.rim_radius - mug.wall, mug.height)
    return turned(outer), turned(inner).translate((0, 0, mug.wall))


def _cone(low: float, high: float, height: float) -> Points:
    return np.array([[0.0, 0.0], [low, 0.0], [high, height], [0.0, height]])


def _handle(mug: Mug) -> Manifold:
    """A band of `handle_width` whose side view is a ring, reaching from inside the wall to beyond it."""
    radius = 0.5 * (mug.base_radius + mug.rim_radius)
    band = 0.011
    root = radius - 0.8 * mug.wall - 0.008
    reach = radius + mug.handle_reach - root
    middle = 0.5 * mug.height
    if mug.square:
        size = (reach, mug.handle_width, mug.handle_height)
        hole = (reach - band, 2 * mug.handle_width, mug.handle_height - 2 * band)
        ring = block(size, (root + reach / 2, 0, middle)) - block(hole, (root + (reach - band) / 2, 0, middle))
        return ring
    outer = CrossSection.circle(1.0, 32).scale((reach, mug.handle_height / 2))
    inner = CrossSection.circle(1.0, 32).scale((reach - band, mug.handle_height / 2 - band))
    ring = Manifold.extrude(outer - inner, mug.handle_width).translate((0, 0, -mug.handle_width / 2))
    half = ring.trim_by_plane((1, 0, 0), 0.0).rotate((90, 0, 0))
    return half.translate((root, 0, middle))


def sample(rng: np.random.Generator) -> Mug:
    """Draw a mug of 7-12 cm; one in four has no handle."""
    base = rng.uniform(0.030, 0.046)
    rim = float(np.clip(base * rng.uniform(0.85, 1.3), 0.035, 0.048))
    height = rng.uniform(0.055, 0.088)
    handled = bool(rng.random() > 0.25)
    reach = min(rng.uniform(0.020, 0.034), 0.119 - 2 * max(base, rim)) if handled else 0.0
    return Mug(
        base,
        rim,
        height,
        rng.uniform(0.0035, 0.006),
        reach,
        rng.uniform(0.55, 0.75) * height if handled else 0.0,
        rng.uniform(0.009, 0.018) if handled else 0.0,
        bool(rng.random() < 0.5),
    )

"""Small feet under every object, so that it slides without rocking.

Bullet keeps one new contact point a step between a hull and the table: a sliding hull rests on one or two of them,
sinks by millimetres and wobbles. Feet touch in one point each, always the same: the object stands on all of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import MultiPoint, Polygon

Array = NDArray[np.float64]
HEIGHT = 0.003
"""Height of a foot, m: well under the rod's tip."""
WIDTH = 0.004
"""Width of a foot at its top, m."""
THINNEST = 1e-5
"""What lifting leaves of a piece must be thicker than this, m: a sheet is no hull."""
COUNT = 6
"""Feet under a round base; a base with fewer corners has one at each corner."""
INSET = 0.8
"""Where feet stand, as a fraction of the way from the middle of the base to its edge: friction then resists turning
about as evenly spread pressure does."""


def on_feet(parts: Sequence[Array], base: Array) -> list[Array]:
    """Collision pieces lifted off the table by the height of feet, and the feet; pieces no higher than feet go.

    Args:
        parts: convex pieces, each [n, 3] points, object frame, m.
        base: [k, 3] surface points, of which the lowest carry the object.
    """
    bottom = float(base[:, 2].min())
    lifted = [_lift(part, bottom + HEIGHT) for part in parts if part[:, 2].max() > bottom + HEIGHT + THINNEST]
    return lifted + [_foot(place, bottom) for place in foot_places(base)]


def foot_places(base: Array) -> Array:
    """[f, 2] where feet stand under the convex outline of the lowest points of `base` [k, 3]."""
    lowest = base[base[:, 2] < base[:, 2].min() + 1e-3, :2]
    outline = MultiPoint(lowest).convex_hull
    if not isinstance(outline, Polygon) or outline.area < 1e-4:
        outline = MultiPoint(base[:, :2]).convex_hull.buffer(-0.002)
    corners = np.array(outline.simplify(0.003).exterior.coords)[:-1]
    if len(corners) > COUNT:
        steps = np.arange(COUNT) / COUNT
        corners = np.array([outline.exterior.interpolate(step, normalized=True).coords[0] for step in steps])
    middle = np.array(outline.centroid.coords[0])
    return np.asarray(middle + INSET * (corners - middle))


def _lift(part: Array, height: float) -> Array:
    lifted = part.copy()
    lifted[:, 2] = np.maximum(lifted[:, 2], height)
    return lifted


def _foot(place: Array, bottom: float) -> Array:
    """A square pyramid standing on its tip."""
    half, top = WIDTH / 2, bottom + 1.5 * HEIGHT
    rim = [[place[0] + sx * half, place[1] + sy * half, top] for sx in (-1, 1) for sy in (-1, 1)]
    return np.array([*rim, [place[0], place[1], bottom]])

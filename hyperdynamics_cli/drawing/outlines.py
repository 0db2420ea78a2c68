"""Objects of the simulated world as outlines from above."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from hyperdynamics_cli.drawing.records import Array, Outline
from sim_bridges.pushing.objects import PushObject, load_object

_SMALLEST = 1e-5
"""Holes and pieces below this area are artefacts of the mesh, m^2."""
_ROUNDING = 2e-4
"""Gaps below this are closed and outlines simplified to it, m."""
_GRID = 1e-6
"""Points nearer than this count as one, m."""


@lru_cache(maxsize=64)
def outline_of(name: str) -> Outline:
    """Silhouette of an object from above, handle and all.

    Raises:
        ValueError: an unknown object.
    """
    return silhouette(load_object(name))


def silhouette(item: PushObject) -> Outline:
    """Silhouette of any object: the union of its triangles seen from above."""
    triangles = item.vertices[item.faces][:, :, :2]
    area = np.abs(_cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]))
    seen = shapely.polygons(triangles[area > 1e-9])
    whole = shapely.union_all(seen, grid_size=_GRID).buffer(_ROUNDING).buffer(-_ROUNDING).simplify(_ROUNDING)
    parts = [part for part in _polygons(whole) if part.area > _SMALLEST]
    return Outline(
        item.name,
        tuple(np.asarray(part.exterior.coords)[:-1] for part in parts),
        tuple(
            np.asarray(ring.coords)[:-1] for part in parts for ring in part.interiors if Polygon(ring).area > _SMALLEST
        ),
        item.colour,
    )


def _cross(left: Array, right: Array) -> Array:
    return np.asarray(left[:, 0] * right[:, 1] - left[:, 1] * right[:, 0])


def _polygons(shape: BaseGeometry) -> list[Polygon]:
    return list(shape.geoms) if isinstance(shape, MultiPolygon) else [shape]

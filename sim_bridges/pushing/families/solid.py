"""A solid to push: one watertight surface, and the convex pieces that the physics sees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import trimesh
from manifold3d import CrossSection, JoinType, Manifold
from numpy.typing import NDArray

Points = NDArray[np.float64]
SEGMENTS = 40
"""Facets of a full turn: a 6 cm circle stays within 0.2 mm of its facets."""


@dataclass(frozen=True)
class Solid:
    """A closed surface and the convex pieces that stand for it in the simulator, in one frame, z up, metres."""

    vertices: Points
    """[V, 3]."""
    faces: NDArray[np.int64]
    """[F, 3] indices, outward."""
    parts: tuple[Points, ...]
    """Convex pieces, each [n, 3] corner points."""


def solid_from(manifold: Manifold, parts: tuple[Points, ...]) -> Solid:
    """Arrays of a manifold.

    Raises:
        ValueError: the manifold holds no volume.
    """
    mesh = manifold.to_mesh()
    vertices, faces = mesh.vert_properties[:, :3].astype(np.float64), mesh.tri_verts.astype(np.int64)
    surface = trimesh.Trimesh(vertices, faces, process=False)
    if not surface.is_volume:
        raise ValueError(f"a shape of {len(surface.faces)} faces is not a closed volume; change its dimensions")
    return Solid(vertices, faces, parts)


def corners(manifold: Manifold) -> Points:
    """Corner points [n, 3] of the manifold's convex hull."""
    return np.asarray(manifold.hull().to_mesh().vert_properties[:, :3], dtype=np.float64)


def block(size: tuple[float, float, float], centre: tuple[float, float, float], rounding: float = 0.0) -> Manifold:
    """A box of the given size (m) with its vertical edges rounded, around `centre`."""
    x, y, z = size
    rounding = min(rounding, 0.45 * min(x, y))
    section = CrossSection.square((x - 2 * rounding, y - 2 * rounding), center=True)
    if rounding > 0:
        section = section.offset(rounding, JoinType.Round, circular_segments=24)
    return Manifold.extrude(section, z).translate((centre[0], centre[1], centre[2] - z / 2))


def turned(profile: Points, segments: int = SEGMENTS) -> Manifold:
    """A body of revolution about z from an outline [n, 2] of (radius, height), counter-clockwise."""
    return Manifold.revolve(CrossSection([profile]), circular_segments=segments)


def rod_between(start: Points, end: Points, radius: float, segments: int = 20) -> Manifold:
    """A cylinder of `radius` (m) from `start` [3] to `end` [3]."""
    axis = np.asarray(end, dtype=float) - np.asarray(start, dtype=float)
    length = float(np.linalg.norm(axis))
    turn = trimesh.geometry.align_vectors([0, 0, 1], axis / length)
    turn[:3, 3] = start
    return Manifold.cylinder(length, radius, circular_segments=segments).transform(turn[:3, :4])

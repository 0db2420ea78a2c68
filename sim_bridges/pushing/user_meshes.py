"""A user's own meshes: OBJ or STL files, or ShapeNet's layout, made ready to push and cached."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import trimesh
from scipy.spatial import ConvexHull, QhullError
from shapely.geometry import MultiPoint

from sim_bridges.pushing import object_cache
from sim_bridges.pushing.families.solid import Points, Solid
from sim_bridges.pushing.objects import PushObject, centred

SMALLEST, LARGEST = 0.07, 0.12
TALLEST = 0.09
LOWEST = 0.015
"""The rod's tip passes 12 mm over the table, m: it would miss what is lower."""
NARROWEST = 0.008
"""Seen from above, m: what is narrower has no room for the feet that it stands on."""
LEAST_VOLUME = 1e-9
"""Of a convex piece, m^3: a sheet has none, and the simulator cannot take it."""
SHAPENET = "models/model_normalized.obj"
COACD_THRESHOLD = 0.05


def load_folder(path: str | Path) -> list[PushObject]:
    """Every mesh under a folder, ready to push; see `mesh_files` for which, `load_mesh` for how.

    Raises:
        ValueError: no such folder, no mesh in it, or one that cannot be used.
    """
    return [load_mesh(file) for file in mesh_files(path)]


def mesh_files(path: str | Path) -> list[Path]:
    """Meshes of a folder: ``**/models/model_normalized.obj`` if there is any (ShapeNet), else OBJ and STL files.

    Raises:
        ValueError: no such folder, or no mesh in it.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise ValueError(f"no folder {folder}; give a folder with .obj or .stl files, or ShapeNet's layout")
    files = sorted(folder.glob(f"**/{SHAPENET}")) or sorted(
        file for file in folder.rglob("*") if file.suffix.lower() in (".obj", ".stl")
    )
    if not files:
        raise ValueError(f"no mesh in {folder}: it holds no .obj or .stl file")
    return files


def expand_names(names: Sequence[str]) -> tuple[str, ...]:
    """Object names in which every ``folder:<folder>`` stands for all meshes in that folder."""
    expanded: list[str] = []
    for name in names:
        path = Path(name.removeprefix("folder:"))
        if name.startswith("folder:") and not path.is_file():
            expanded += [f"folder:{file.resolve()}" for file in mesh_files(path)]
        else:
            expanded.append(name)
    return tuple(expanded)


def load_mesh(path: str | Path) -> PushObject:
    """One mesh: upright, 7-12 cm long, standing on its lowest side, cut into convex pieces (CoACD, cached).

    Raises:
        ValueError: not a readable mesh, or one without volume or too low to be pushed.
    """
    file = Path(path).resolve()
    if not file.is_file():
        raise ValueError(f"no mesh file {file}; give an .obj or .stl file")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:20]
    solid = object_cache.load_or_build(f"user/v4-{digest}", lambda: _prepare(file))
    return centred(f"folder:{file}", "folder", solid)


def _prepare(file: Path) -> Solid:
    try:
        mesh = trimesh.load(file, force="mesh")
    except Exception as error:
        raise ValueError(f"{file} is not a readable mesh ({error}); give a triangulated OBJ or STL file") from error
    if not isinstance(mesh, trimesh.Trimesh) or len(mesh.faces) < 4:
        raise ValueError(f"{file} holds no surface; give a triangulated OBJ or STL file")
    try:
        return _solid(upright(mesh, y_is_up=file.as_posix().endswith(SHAPENET)))
    except ValueError as error:
        raise ValueError(
            f"{file} cannot be pushed: {error}; close or thicken it, or take it out of its folder"
        ) from error


def _solid(mesh: trimesh.Trimesh) -> Solid:
    """What the physics takes: pieces with volume, and the union of them where the mesh itself is open."""
    parts = tuple(part for part in _decompose(mesh) if _volume(part) > LEAST_VOLUME)
    if parts and not mesh.is_volume:
        mesh = trimesh.boolean.union([trimesh.convex.convex_hull(part) for part in parts])
    if not parts or not mesh.is_volume:
        raise ValueError("it has no volume, it is a flat or torn sheet")
    if (height := float(mesh.extents[2])) < LOWEST:
        raise ValueError(f"it is {1000 * height:.1f} mm high at this size, and must be {1000 * LOWEST:.0f} mm or more")
    if MultiPoint(mesh.vertices[:, :2]).convex_hull.buffer(-NARROWEST / 2).is_empty:
        raise ValueError(f"seen from above it is narrower than {1000 * NARROWEST:.0f} mm at this size")
    return Solid(np.asarray(mesh.vertices), np.asarray(mesh.faces), parts)


def _volume(part: Points) -> float:
    """Of a piece's convex hull, m^3; 0 where all points lie in one plane."""
    try:
        return float(ConvexHull(part).volume)
    except (QhullError, ValueError):
        return 0.0


def upright(mesh: trimesh.Trimesh, y_is_up: bool) -> trimesh.Trimesh:
    """Turn y up into z up where needed, scale the longer horizontal side into 7-12 cm, put the mesh on z = 0.

    Raises:
        ValueError: a mesh without extent.
    """
    mesh = mesh.copy()
    if y_is_up:
        mesh.apply_transform(trimesh.transformations.rotation_matrix(np.pi / 2, [1, 0, 0]))
    if not np.isfinite(mesh.vertices).all() or mesh.extents is None or mesh.extents[:2].max() <= 0:
        raise ValueError("it has no extent, or holds numbers that are not finite")
    longest = float(mesh.extents[:2].max())
    mesh.apply_scale(float(np.clip(longest, SMALLEST, LARGEST)) / longest)
    if mesh.extents[2] > TALLEST:
        mesh.apply_scale(TALLEST / mesh.extents[2])
    mesh.apply_translation(-np.array([*mesh.bounds.mean(axis=0)[:2], mesh.bounds[0, 2]]))
    return mesh


def _decompose(mesh: trimesh.Trimesh) -> tuple[Points, ...]:
    import coacd

    coacd.set_log_level("error")
    pieces = coacd.run_coacd(coacd.Mesh(mesh.vertices, mesh.faces), threshold=COACD_THRESHOLD, seed=0)
    return tuple(np.asarray(vertices, dtype=np.float64) for vertices, _ in pieces)

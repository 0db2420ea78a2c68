"""Meshes built once and kept in the user's cache folder; the simulator's copy of the collision pieces beside them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.data.unreadable import UNREADABLE
from hyperdynamics_core.whole_files import whole_file, write_text
from sim_bridges.pushing.families.solid import Solid


def cache_folder() -> Path:
    """``$XDG_CACHE_HOME/hyperdynamics``, by default ``~/.cache/hyperdynamics``."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "hyperdynamics"


def load_or_build(key: str, build: Callable[[], Solid]) -> Solid:
    """The solid cached under `key`, or built now and cached. A damaged cache file is built again."""
    path = cache_folder() / "objects" / f"{key}.npz"
    if path.exists():
        try:
            return _read(path)
        except UNREADABLE:
            path.unlink(missing_ok=True)
    solid = build()
    arrays: dict[str, Any] = {f"part_{i}": part for i, part in enumerate(solid.parts)}
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as file:
        np.savez(file, vertices=solid.vertices, faces=solid.faces, **arrays)
    return solid


def _read(path: Path) -> Solid:
    with np.load(path, allow_pickle=False) as stored:
        parts = tuple(stored[f"part_{i}"] for i in range(len(stored.files) - 2))
        return Solid(stored["vertices"], stored["faces"], parts)


def collision_file(parts: Sequence[NDArray[np.float64]]) -> Path:
    """An OBJ file with one group of points for each convex piece, as PyBullet wants a compound of hulls.

    Raises:
        ValueError: a piece without volume.
    """
    digest = hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()[:20]
    path = cache_folder() / "collision" / f"{digest}.obj"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, _hulls_as_obj(parts))
    return path


def _hull(part: NDArray[np.float64]) -> Any:
    from scipy.spatial import ConvexHull, QhullError

    try:
        return ConvexHull(part)
    except QhullError as error:
        size = np.ptp(part, axis=0).round(6).tolist()
        raise ValueError(f"a collision piece of {size} m has no volume; push an object that is not flat") from error


def _hulls_as_obj(parts: Sequence[NDArray[np.float64]]) -> str:
    lines, first = [], 1
    for number, part in enumerate(parts):
        hull = _hull(part)
        points = part[hull.vertices]
        index = {int(vertex): first + i for i, vertex in enumerate(hull.vertices)}
        lines.append(f"o part_{number}")
        lines += [f"v {x:.7f} {y:.7f} {z:.7f}" for x, y, z in points]
        lines += ["f " + " ".join(str(index[int(v)]) for v in face) for face in hull.simplices]
        first += len(points)
    return "\n".join(lines) + "\n"

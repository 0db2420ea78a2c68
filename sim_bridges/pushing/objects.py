"""The 31 objects that are pushed, their split, and unlimited random members of their families."""

from __future__ import annotations

import colorsys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
import trimesh
from numpy.typing import NDArray
from shapely.geometry import MultiPoint, Polygon

from sim_bridges.pushing import object_cache
from sim_bridges.pushing.families import bed, bowl, camera, mug, outlines
from sim_bridges.pushing.families.solid import Solid

GEOMETRY_VERSION = 1
"""Raised whenever a shape changes: cached meshes and recorded data of other shapes are then told apart."""
FAMILIES = ("mit", "mug", "bowl", "camera", "bed")
SPLITS = ("seen", "novel", "all")
NOVEL = ("mit/tri2", "mit/hex", "mug/04", "mug/05", "bowl/05", "camera/05", "bed/05")
"""Held out of training: shapes of every kind; mug/05 is the only mug without a handle."""


@dataclass(frozen=True, eq=False)
class PushObject:
    """A rigid object to push. Its frame sits at the volume centroid, z up, in the pose in which it stands."""

    name: str
    """Unique name, e.g. ``mug/03``."""
    family: str
    """One of `FAMILIES`, or ``folder`` for a user's own mesh."""
    vertices: NDArray[np.float64]
    """[V, 3] surface points, m."""
    faces: NDArray[np.int64]
    """[F, 3] triangles, outward."""
    parts: tuple[NDArray[np.float64], ...]
    """Convex collision pieces, each [n, 3] points, m."""
    unit_inertia: NDArray[np.float64]
    """[3] moments of inertia about the centroid's axes for 1 kg of uniform material, m^2."""
    colour: tuple[float, float, float]
    """RGB in [0, 1]."""

    @property
    def mesh(self) -> trimesh.Trimesh:
        """The surface as a mesh (a new one at every call)."""
        return trimesh.Trimesh(self.vertices, self.faces, process=False)

    @property
    def half_extents(self) -> NDArray[np.float64]:
        """[3] half the sides of the axis-aligned box in the object's frame, m."""
        return 0.5 * np.ptp(self.vertices, axis=0)

    @property
    def box_centre(self) -> NDArray[np.float64]:
        """[3] centre of that box in the object's frame, m."""
        return 0.5 * (self.vertices.min(axis=0) + self.vertices.max(axis=0))

    @property
    def rest_height(self) -> float:
        """Height of the centroid over the table when the object stands, m."""
        return float(-self.vertices[:, 2].min())

    @property
    def footprint(self) -> Polygon:
        """Convex outline of the object seen from above, in its own frame, m."""
        return _footprint(self)


@lru_cache(maxsize=4096)
def _footprint(item: PushObject) -> Polygon:
    return MultiPoint(item.vertices[:, :2]).convex_hull


def _catalogue() -> dict[str, Callable[[], Solid]]:
    builders: dict[str, Callable[[], Solid]] = {f"mit/{name}": partial(_mit_solid, name) for name in outlines.NAMES}
    builders |= {f"mug/{i:02d}": partial(mug.build, member) for i, member in enumerate(mug.MEMBERS, 1)}
    builders |= {f"bowl/{i:02d}": partial(bowl.build, member) for i, member in enumerate(bowl.MEMBERS, 1)}
    builders |= {f"camera/{i:02d}": partial(camera.build, member) for i, member in enumerate(camera.MEMBERS, 1)}
    builders |= {f"bed/{i:02d}": partial(bed.build, member) for i, member in enumerate(bed.MEMBERS, 1)}
    return builders


def _mit_solid(name: str) -> Solid:
    return outlines.prism(outlines.mit_outline(name))


CATALOGUE = _catalogue()


def object_names(split: str = "all") -> list[str]:
    """Names of a split: ``seen`` (24), ``novel`` (7) or ``all`` (31).

    Raises:
        ValueError: an unknown split.
    """
    if split not in SPLITS:
        raise ValueError(f"unknown split {split!r}; choose one of {', '.join(SPLITS)}")
    if split == "novel":
        return list(NOVEL)
    return [name for name in CATALOGUE if split == "all" or name not in NOVEL]


@lru_cache(maxsize=256)
def load_object(name: str) -> PushObject:
    """One object by name, from the cache folder if it was built before. A user's mesh is ``folder:<path of a mesh>``.

    Raises:
        ValueError: an unknown name.
    """
    if name.startswith("folder:"):
        from sim_bridges.pushing.user_meshes import load_mesh

        return load_mesh(name.removeprefix("folder:"))
    if name not in CATALOGUE:
        raise ValueError(f"unknown object {name!r}; choose one of {', '.join(CATALOGUE)}, or folder:<mesh file>")
    key = f"v{GEOMETRY_VERSION}/{name}"
    solid = object_cache.load_or_build(key, CATALOGUE[name])
    return centred(name, name.split("/")[0], solid)


def random_member(family: str, rng: np.random.Generator) -> PushObject:
    """A new member of a family, for training on shapes that are never pushed (section 3.1, L_vp).

    Raises:
        ValueError: an unknown family.
    """
    samplers: dict[str, Callable[[], Solid]] = {
        "mit": lambda: outlines.prism(outlines.random_outline(rng), rng.uniform(0.025, 0.07)),
        "mug": lambda: mug.build(mug.sample(rng)),
        "bowl": lambda: bowl.build(bowl.sample(rng)),
        "camera": lambda: camera.build(camera.sample(rng)),
        "bed": lambda: bed.build(bed.sample(rng)),
    }
    if family not in samplers:
        raise ValueError(f"unknown family {family!r}; choose one of {', '.join(FAMILIES)}")
    red, green, blue = (float(value) for value in rng.uniform(0.2, 0.95, 3))
    return centred(f"random/{family}", family, samplers[family](), (red, green, blue))


def centred(name: str, family: str, solid: Solid, colour: tuple[float, float, float] | None = None) -> PushObject:
    """A push object from a solid in any position: moved so that its volume centroid is the origin."""
    mesh = trimesh.Trimesh(solid.vertices, solid.faces, process=False)
    centre = np.asarray(mesh.center_mass)
    mesh.apply_translation(-centre)
    return PushObject(
        name,
        family,
        np.asarray(mesh.vertices),
        np.asarray(mesh.faces),
        tuple(part - centre for part in solid.parts),
        np.diag(mesh.moment_inertia) / mesh.volume,
        colour or colour_of(name),
    )


def colour_of(name: str) -> tuple[float, float, float]:
    """A lively colour that only depends on the name."""
    code = zlib.crc32(name.encode())
    return colorsys.hsv_to_rgb((code % 360) / 360, 0.45 + (code >> 9) % 40 / 100, 0.65 + (code >> 17) % 30 / 100)

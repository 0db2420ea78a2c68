"""Colour, depth and identity of every pixel of a scene on the table, by ray casting (Open3D); true top-down masks.

Drawn are the table, the floor 0.3 m below its top, the objects and the rod; the arm above the rod is not. Stored
states are rendered on demand: an image of 128 x 128 takes about 2 ms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import open3d as o3d
import trimesh
from numpy.typing import NDArray

from hyperdynamics_core.vision.camera import Camera, RgbdFrame

TABLE, ROD, FLOOR = -1, -2, -3
"""Identities of pixels that show no object; rays that hit nothing count as the floor."""
TABLE_SIDE, TABLE_THICKNESS = 0.6, 0.02
FLOOR_HEIGHT = -0.3
"""On which the robot's base stands, m."""
ROD_RADIUS, ROD_LENGTH = 0.01, 0.20
MASK_CELLS, MASK_CELL = 32, 0.005
"""Top-down masks: cells a side and their size, m; the grid of the object crop."""

Array = NDArray[np.float32]
Colour = tuple[float, float, float]


class Surface(Protocol):
    """Anything with a triangle mesh: a PushObject, a trimesh.Trimesh."""

    @property
    def vertices(self) -> NDArray[np.float64]:
        """[V, 3], m."""
        ...

    @property
    def faces(self) -> NDArray[np.int64]:
        """[F, 3]."""
        ...


@dataclass(frozen=True, eq=False)
class Body:
    """An object at a pose."""

    surface: Surface
    """Its mesh, in its own frame."""
    position: NDArray[np.float64]
    """[3] of its frame in the world, m."""
    quaternion: NDArray[np.float64]
    """[4] xyzw."""
    colour: Colour = (0.8, 0.3, 0.2)
    """RGB in [0, 1]."""


@dataclass(frozen=True)
class Look:
    """Colours and light of a scene."""

    table: Colour = (0.76, 0.70, 0.60)
    """RGB of the table's top."""
    rod: Colour = (0.35, 0.35, 0.38)
    """RGB of the rod."""
    floor: Colour = (0.27, 0.29, 0.32)
    """RGB of the floor, and where nothing is hit."""
    light: tuple[float, float, float] = (0.3, 0.4, 0.85)
    """Direction towards the lamp, world frame; need not be of unit length."""
    ambient: float = 0.45
    """Share of the light that comes from everywhere."""


@dataclass(frozen=True)
class RenderResult:
    """What one camera sees, and the truth about it."""

    frame: RgbdFrame
    ids: NDArray[np.int64]
    """[H, W]: index of the body, or TABLE, ROD, FLOOR."""


def rotation(quaternion: NDArray[np.float64]) -> NDArray[np.float64]:
    """[3, 3] rotation matrix of a quaternion [4] xyzw."""
    x, y, z, w = np.asarray(quaternion, dtype=np.float64) / np.linalg.norm(quaternion)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def yaw_quaternion(yaw: float) -> NDArray[np.float64]:
    """Quaternion [4] xyzw of a turn by `yaw` (rad) about +z."""
    return np.array([0.0, 0.0, np.sin(0.5 * yaw), np.cos(0.5 * yaw)])


FIXTURES: dict[int, trimesh.Trimesh] = {
    FLOOR: trimesh.creation.box((6.0, 6.0, 0.02)).apply_translation((0, 0, FLOOR_HEIGHT - 0.01)),
    TABLE: trimesh.creation.box((TABLE_SIDE, TABLE_SIDE, TABLE_THICKNESS)).apply_translation(
        (0, 0, -TABLE_THICKNESS / 2)
    ),
    ROD: trimesh.creation.cylinder(ROD_RADIUS, ROD_LENGTH, sections=20).apply_translation((0, 0, ROD_LENGTH / 2)),
}


class Renderer:
    """Renders scenes; keeps the rays of the cameras it was asked for. One thread."""

    def __init__(self, look: Look | None = None) -> None:
        self.look = look or Look()
        self._rays: dict[tuple[object, ...], o3d.core.Tensor] = {}

    def render(
        self,
        bodies: Sequence[Body],
        end_effector: NDArray[np.float64] | None,
        camera: Camera,
        look: Look | None = None,
    ) -> RenderResult:
        """What `camera` sees of the bodies on the table, and of the rod if `end_effector` (its tip [3], m) is given."""
        look = look or self.look
        scene = o3d.t.geometry.RaycastingScene(nthreads=1)
        kinds = [self._add(scene, kind, np.zeros(3)) for kind in (TABLE, FLOOR)]
        if end_effector is not None:
            kinds.append(self._add(scene, ROD, np.asarray(end_effector)))
        for index, body in enumerate(bodies):
            add_triangles(scene, body.surface, rotation(body.quaternion), body.position)
            kinds.append(index)
        hits = scene.cast_rays(self._known_rays(camera), nthreads=1)
        depth, ids = _depth_and_ids(hits, kinds)
        palette = np.array([body.colour for body in bodies] + [look.floor, look.rod, look.table])
        rgb = _shade(palette[ids], hits["primitive_normals"].numpy(), ids, look)
        return RenderResult(RgbdFrame(rgb, depth, camera), ids)

    @staticmethod
    def _add(scene: o3d.t.geometry.RaycastingScene, kind: int, position: NDArray[np.float64]) -> int:
        add_triangles(scene, FIXTURES[kind], np.eye(3), position)
        return kind

    def _known_rays(self, camera: Camera) -> o3d.core.Tensor:
        key = (
            camera.width,
            camera.height,
            camera.fx,
            camera.fy,
            camera.cx,
            camera.cy,
            camera.world_from_camera.tobytes(),
        )
        if key not in self._rays:
            self._rays[key] = tensor(camera_rays(camera))
        return self._rays[key]


def tensor(array: NDArray[Any]) -> o3d.core.Tensor:
    """An array as Open3D takes it."""
    return o3d.core.Tensor(array)  # type: ignore[call-overload]


def add_triangles(
    scene: o3d.t.geometry.RaycastingScene, surface: Surface, turn: NDArray[np.float64], position: NDArray[np.float64]
) -> None:
    """Add a mesh turned by `turn` [3, 3] and moved to `position` [3], m."""
    vertices = np.ascontiguousarray(surface.vertices @ turn.T + position, dtype=np.float32)
    faces = np.ascontiguousarray(surface.faces, dtype=np.uint32)
    scene.add_triangles(tensor(vertices), tensor(faces))


def camera_rays(camera: Camera) -> Array:
    """[H, W, 6] origins and directions; directions have z = 1 in the camera's frame, so that hits come as z-depth."""
    u, v = np.meshgrid(np.arange(camera.width), np.arange(camera.height))
    local = np.stack(((u - camera.cx) / camera.fx, (v - camera.cy) / camera.fy, np.ones_like(u)), axis=-1)
    directions = local @ camera.world_from_camera[:3, :3].T
    origins = np.broadcast_to(camera.world_from_camera[:3, 3], directions.shape)
    return np.ascontiguousarray(np.concatenate((origins, directions), axis=-1), dtype=np.float32)


def _depth_and_ids(hits: dict[str, o3d.core.Tensor], kinds: list[int]) -> tuple[Array, NDArray[np.int64]]:
    depth = hits["t_hit"].numpy()
    hit = np.isfinite(depth)
    lookup = np.array(kinds)
    ids = np.where(hit, lookup[np.where(hit, hits["geometry_ids"].numpy(), 0).astype(np.int64)], FLOOR)
    return np.where(hit, depth, 0.0).astype(np.float32), ids


def _shade(colours: NDArray[np.float64], normals: Array, ids: NDArray[np.int64], look: Look) -> NDArray[np.uint8]:
    light = np.asarray(look.light) / np.linalg.norm(look.light)
    diffuse = np.clip(normals @ light.astype(np.float32), 0.0, 1.0)
    brightness = np.where(ids == FLOOR, 1.0, look.ambient + (1.0 - look.ambient) * diffuse)
    return np.clip(colours * brightness[..., None] * 255.0, 0, 255).astype(np.uint8)


def top_down_mask(surface: Surface, orientation: float | NDArray[np.float64], samples: int = 4) -> Array:
    """What an orthographic camera straight above sees of the object: the true shape that L_vp asks for.

    Args:
        surface: mesh in its own frame, the origin of which comes to the middle of the mask.
        orientation: yaw in rad, or a quaternion [4] xyzw.
        samples: rays a cell along each axis.

    Returns:
        [32, 32] share of each 5 mm cell that is covered, in [0, 1]; row = y, column = x, both growing.
    """
    quaternion = yaw_quaternion(float(orientation)) if np.ndim(orientation) == 0 else np.asarray(orientation)
    scene = o3d.t.geometry.RaycastingScene(nthreads=1)
    add_triangles(scene, surface, rotation(quaternion), np.zeros(3))
    steps = (np.arange(MASK_CELLS * samples) + 0.5) * (MASK_CELL / samples) - 0.5 * MASK_CELLS * MASK_CELL
    x, y = np.meshgrid(steps, steps)
    rays = np.stack((x, y, np.ones_like(x), np.zeros_like(x), np.zeros_like(x), -np.ones_like(x)), axis=-1)
    hit = scene.test_occlusions(tensor(rays.astype(np.float32)), nthreads=1).numpy()
    return hit.reshape(MASK_CELLS, samples, MASK_CELLS, samples).mean(axis=(1, 3)).astype(np.float32)

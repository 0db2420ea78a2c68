"""A larger picture of the whole scene, the arm included, for videos and people; perception never sees it.

Ray casting with shadows and antialiasing, from poses and joint positions alone: no simulator client is needed, so
that a recorder can draw what it reads from topics.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import open3d as o3d
import pybullet_data
import trimesh
from numpy.typing import NDArray

from hyperdynamics_core.vision.camera import Camera
from sim_bridges.pushing.arm import KUKA_REST
from sim_bridges.pushing.cameras import look_at
from sim_bridges.pushing.kinematics import ArmKinematics
from sim_bridges.pushing.physics import KUKA
from sim_bridges.pushing.rendering import (
    FIXTURES,
    FLOOR,
    ROD,
    ROD_LENGTH,
    TABLE,
    Body,
    Colour,
    Look,
    Surface,
    add_triangles,
    camera_rays,
    rotation,
    tensor,
)
from sim_bridges.pushing.robot_files import FLANGE, KUKA_LINKS, robot_file

Array = NDArray[np.float64]
ORANGE: Colour = (0.93, 0.45, 0.12)
GREY: Colour = (0.55, 0.56, 0.58)
VIEWPOINT, TARGET = np.array([0.95, 0.62, 0.72]), np.array([-0.10, 0.0, 0.02])
FIELD_OF_VIEW = np.deg2rad(38.0)
SHADOW = 0.45
"""Share of the lamp's light that reaches a place in shadow."""


def spectator_camera(width: int = 480, height: int = 360) -> Camera:
    """From the front left, arm and table in view."""
    return look_at(VIEWPOINT, TARGET, width, height, float(FIELD_OF_VIEW))


class Spectator:
    """Draws scenes with the Kuka arm."""

    def __init__(self, camera: Camera | None = None, look: Look | None = None, supersampling: int = 2) -> None:
        """`supersampling`: rays a pixel along each axis."""
        self.camera = camera or spectator_camera()
        self.look = look or Look()
        self._factor = supersampling
        self._rays = camera_rays(_finer(self.camera, supersampling))

    def render(
        self, bodies: Sequence[Body], joints: Array | None, end_effector: Array | None = None
    ) -> NDArray[np.uint8]:
        """Picture [H, W, 3] of the scene.

        Args:
            bodies: objects at their poses.
            joints: [7] joint positions, rad; None draws the rod alone.
            end_effector: tip of the rod [3], world, m, where `joints` is None.
        """
        scene = o3d.t.geometry.RaycastingScene(nthreads=1)
        colours: list[Colour] = []
        for surface, turn, position, colour in self._parts(bodies, joints, end_effector):
            add_triangles(scene, surface, turn, position)
            colours.append(colour)
        hits = scene.cast_rays(tensor(self._rays), nthreads=1)
        depth = hits["t_hit"].numpy()
        hit = np.isfinite(depth)
        palette = np.array([*colours, self.look.floor])
        tint = palette[np.where(hit, hits["geometry_ids"].numpy(), len(colours)).astype(np.int64)]
        brightness = self._brightness(scene, np.where(hit, depth, 0.0), hits["primitive_normals"].numpy())
        picture = tint * np.where(hit, brightness, 1.0)[..., None]
        height, width = self.camera.height, self.camera.width
        smooth = picture.reshape(height, self._factor, width, self._factor, 3).mean(axis=(1, 3))
        return np.clip(smooth * 255.0, 0, 255).astype(np.uint8)

    def _brightness(self, scene: o3d.t.geometry.RaycastingScene, depth: Array, normals: NDArray[np.float32]) -> Array:
        light = np.asarray(self.look.light) / np.linalg.norm(self.look.light)
        points = self._rays[..., :3] + depth[..., None] * self._rays[..., 3:] + 1e-4 * normals
        towards = np.broadcast_to(light, points.shape)
        rays = tensor(np.concatenate((points, towards), axis=-1).astype(np.float32))
        lit = np.where(scene.test_occlusions(rays, nthreads=1).numpy(), SHADOW, 1.0)
        diffuse = np.clip(normals @ light, 0.0, 1.0)
        return np.asarray(self.look.ambient + (1.0 - self.look.ambient) * diffuse * lit)

    def _parts(
        self, bodies: Sequence[Body], joints: Array | None, end_effector: Array | None
    ) -> list[tuple[Surface, Array, Array, Colour]]:
        still = np.eye(3)
        parts: list[tuple[Surface, Array, Array, Colour]] = [
            (FIXTURES[TABLE], still, np.zeros(3), self.look.table),
            (FIXTURES[FLOOR], still, np.zeros(3), self.look.floor),
        ]
        parts += [(body.surface, rotation(body.quaternion), body.position, body.colour) for body in bodies]
        if joints is None:
            return parts if end_effector is None else [*parts, (FIXTURES[ROD], still, end_effector, self.look.rod)]
        frames = link_frames(np.asarray(joints, dtype=np.float64))
        for link, frame in enumerate(frames):
            parts.append((_link_mesh(link), frame[:3, :3], frame[:3, 3], GREY if link in (0, 7) else ORANGE))
        tool = frames[-1]
        # The rod's mesh starts at its tip; seen from the flange the tip lies ahead along z.
        tip = tool[:3, 3] + tool[:3, 2] * (FLANGE + ROD_LENGTH)
        return [*parts, (FIXTURES[ROD], tool[:3, :3] @ np.diag([1.0, -1.0, -1.0]), tip, self.look.rod)]


def link_frames(joints: Array) -> list[Array]:
    """World poses [4, 4] of the arm's base link and links 1 to 7 at joint positions [7], rad.

    Raises:
        ValueError: not seven finite numbers.
    """
    if joints.shape != (KUKA_LINKS,) or not np.isfinite(joints).all():
        raise ValueError(f"joint positions must be {KUKA_LINKS} finite numbers (rad), got {joints!r}")
    kinematics = _kinematics()
    frame = np.eye(4)
    frame[:3, 3] = kinematics.base
    frames = [frame]
    for offset, angle in zip(kinematics.offsets, joints, strict=True):
        turn = np.eye(4)
        turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
        frame = frame @ offset @ turn
        frames.append(frame)
    return frames


@lru_cache(maxsize=1)
def _kinematics() -> ArmKinematics:
    return ArmKinematics(robot_file(KUKA, visual=False).read_text(), KUKA.base_position, np.array(KUKA_REST))


@lru_cache(maxsize=16)
def _link_mesh(link: int) -> trimesh.Trimesh:
    file = Path(pybullet_data.getDataPath()) / "kuka_iiwa" / "meshes" / f"link_{link}.stl"
    return trimesh.load_mesh(file)


def _finer(camera: Camera, factor: int) -> Camera:
    """The same view with `factor` times as many pixels along each axis."""
    return Camera(
        camera.width * factor,
        camera.height * factor,
        camera.fx * factor,
        camera.fy * factor,
        (camera.cx + 0.5) * factor - 0.5,
        (camera.cy + 0.5) * factor - 0.5,
        camera.world_from_camera,
    )

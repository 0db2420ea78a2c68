"""Random scenes of the cell as its camera sees them: what a detector is measured on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hyperdynamics_core.evaluation.detection import SeenScene
from hyperdynamics_core.vision.camera import RgbdFrame
from hyperdynamics_ros.arm.kinematics import ArmKinematics
from sim_bridges.cell.depth_noise import DepthNoise
from sim_bridges.cell.episodes import CellEpisodes
from sim_bridges.cell.eye import Eye, cell_camera
from sim_bridges.cell.start import cell_urdf, start_joints
from sim_bridges.cell.world import CellWorld
from sim_bridges.pushing.objects import load_object

BASE = (-0.5, 0.0, -0.3)
"""Of the arm, m."""
MILLIMETRE = 1e-3


def cell_views(split: str, count: int, seed: int) -> Iterator[SeenScene]:
    """Objects of a split anywhere on the table, the arm beside them in view.

    Raises:
        ValueError: an unknown split.
        RuntimeError: no offscreen OpenGL is to be had.
    """
    urdf, camera, rng = cell_urdf(), cell_camera(), np.random.default_rng(seed)
    arm, eye, source = ArmKinematics(urdf, "tip", BASE), Eye(), CellEpisodes()
    world = CellWorld(urdf, BASE, arm.chain.names, camera)
    settings = {"object": "", "split": split, "variation": "paper", "seed": seed, "repeat": 1}
    for _ in range(count):
        episode = source.draw(settings)
        scene, item = episode.scene, load_object(episode.scene.system.object)
        world.reset(item, episode.thing, (scene.x, scene.y, scene.yaw), start_joints(arm, scene.end_effector))
        colours, depth = eye.look(world.model, world.data.qpos)
        measured = MILLIMETRE * np.round(DepthNoise().measured(depth, rng) / MILLIMETRE)
        position, rotation = world.object_pose
        corners = item.vertices @ rotation.T + position
        low, high = corners.min(axis=0), corners.max(axis=0)
        box = np.concatenate((0.5 * (low + high), high - low))
        yield SeenScene(RgbdFrame(colours, measured.astype(np.float32), camera), position[None], box[None])
    eye.close()

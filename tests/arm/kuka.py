"""The simulated arm's URDF, as any other arm's."""

from __future__ import annotations

import numpy as np

from hyperdynamics_ros.arm.kinematics import ArmKinematics
from sim_bridges.pushing.arm import KUKA_REST
from sim_bridges.pushing.physics import KUKA
from sim_bridges.pushing.robot_files import kuka_urdf

URDF = kuka_urdf(KUKA, visual=False)
REST = np.array(KUKA_REST)
DOWN = np.array((0.0, 0.0, -1.0))


def kuka() -> ArmKinematics:
    return ArmKinematics(URDF, "tip", KUKA.base_position)


def ready(arm: ArmKinematics, x: float = 0.0, y: float = 0.0, z: float = 0.012) -> np.ndarray:
    """Joint positions with the rod upright over a point of the table."""
    joints, missed, tilted = arm.solve(np.array((x, y, z)), DOWN, REST)
    assert missed < 1e-3 and tilted < 0.01
    return joints

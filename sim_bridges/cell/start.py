"""How the arm stands beside a new object: the rod's tip over a point of the table, at the height of a push."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_ros.arm.kinematics import ArmKinematics
from hyperdynamics_ros.environment import share_folder

URDF = Path("config") / "cell_arm.urdf"
"""In the package's share folder."""
Array = NDArray[np.float64]
TIP_HEIGHT = 0.012
"""Of the rod's tip over the table, m."""
ELBOW_UP = (0.0, 0.6, 0.0, -1.6, 0.0, 0.9, 0.0)
"""A posture from which all of the table is reached, rad."""
DOWN = np.array((0.0, 0.0, -1.0))
CLOSE = 1e-3
"""What the tip may be off, m."""


def cell_urdf() -> str:
    """Text of the URDF of the cell's own arm."""
    return (share_folder() / URDF).read_text()


def start_joints(arm: ArmKinematics, place: tuple[float, float]) -> Array:
    """Joint positions [n] with the tip at ``place`` (x, y), m.

    Raises:
        ValueError: out of the arm's reach.
    """
    joints, missed, _ = arm.solve(np.array((*place, TIP_HEIGHT)), DOWN, np.array(ELBOW_UP))
    if missed > CLOSE:
        raise ValueError(f"the rod cannot be brought to ({place[0]:.3f}, {place[1]:.3f}) m: off by {missed:.3f} m")
    return joints

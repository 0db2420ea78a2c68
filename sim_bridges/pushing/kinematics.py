"""Forward and inverse kinematics of a serial arm whose tool is a rod that should point straight down.

PyBullet's own solver fixes all three rotations, leaves joint limits and fails on half of the table when the rod is
lifted. A rod is round: only its tilt matters, and near the edge of the reach a few degrees of tilt are better than
centimetres of error. So: Gauss-Newton on the tip's position (strict), the tilt (soft) and a rest posture (softer).
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
POSITION_WEIGHT = 300.0
TILT_WEIGHT = 3.0
REST_WEIGHT = 0.05
DAMPING = 2.0
TOLERANCE = 1e-4
DOWN = np.array([0.0, 0.0, -1.0])


def _rotation(roll: float, pitch: float, yaw: float) -> Array:
    """Rotation matrix of fixed-axis roll, pitch, yaw, as in URDF."""
    cr, sr, cp, sp, cy, sy = (f(a) for a in (roll, pitch, yaw) for f in (np.cos, np.sin))
    return np.array(
        [
            [cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr],
            [sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr],
            [-sp, cp * sr, cp * cr],
        ]
    )


@dataclass(frozen=True)
class Solution:
    """Joint angles and how well they do."""

    joints: Array
    """[n] rad."""
    error: float
    """Distance of the tip from the target, m."""
    tilt: float
    """Angle of the rod from straight down, rad."""


class ArmKinematics:
    """A chain of revolute joints about their own z, read from a URDF; fixed joints at its end are the tool."""

    def __init__(self, urdf: str, base: tuple[float, float, float], rest: Array) -> None:
        joints = ElementTree.fromstring(urdf).findall("joint")
        frames = [_frame(joint) for joint in joints]
        moving = [joint for joint in joints if joint.get("type") == "revolute"]
        self.offsets = frames[: len(moving)]
        self.tool = np.eye(4)
        for frame in frames[len(moving) :]:
            self.tool = self.tool @ frame
        limits = np.array([[float(j.find("limit").get(side)) for side in ("lower", "upper")] for j in moving])  # type: ignore[union-attr,arg-type]
        self.lower, self.upper = limits[:, 0] + 0.02, limits[:, 1] - 0.02
        self.base = np.array(base)
        self.rest = rest

    def forward(self, joints: Array) -> tuple[Array, Array, Array, Array]:
        """Tip position [3], rod direction [3], and every joint's axis [n, 3] and origin [n, 3], world frame."""
        rotation, position = np.eye(3), self.base
        axes, origins = np.empty((len(joints), 3)), np.empty((len(joints), 3))
        cosine, sine = np.cos(joints), np.sin(joints)
        for i, offset in enumerate(self.offsets):
            position = position + rotation @ offset[:3, 3]
            rotation = rotation @ offset[:3, :3]
            axes[i], origins[i] = rotation[:, 2], position
            x, y = rotation[:, 0], rotation[:, 1]
            rotation = np.stack((cosine[i] * x + sine[i] * y, cosine[i] * y - sine[i] * x, rotation[:, 2]), axis=1)
        return position + rotation @ self.tool[:3, 3], rotation @ self.tool[:3, 2], axes, origins

    def solve(self, target: Array, start: Array | None = None, iterations: int = 60) -> Solution:
        """Joints that bring the tip to `target` [3] (world frame, m), near `start` [n] (default: the rest posture)."""
        joints = self.rest.copy() if start is None else np.clip(start, self.lower, self.upper)
        for _ in range(iterations):
            step = self._step(joints, target)
            joints = np.clip(joints + np.clip(step, -0.3, 0.3), self.lower, self.upper)
            if np.abs(step).max() < TOLERANCE:
                break
        tip, direction, _, _ = self.forward(joints)
        tilt = float(np.arccos(np.clip(direction @ DOWN, -1.0, 1.0)))
        return Solution(joints, float(np.linalg.norm(tip - target)), tilt)

    def _step(self, joints: Array, target: Array) -> Array:
        """One damped Gauss-Newton step; joints that would leave their limits are held."""
        tip, direction, axes, origins = self.forward(joints)
        moves = np.cross(axes, tip - origins).T
        turns = np.cross(axes, direction).T
        jacobian = np.concatenate((POSITION_WEIGHT * moves, TILT_WEIGHT * turns, REST_WEIGHT * np.eye(len(joints))))
        wanted = np.concatenate(
            (POSITION_WEIGHT * (target - tip), TILT_WEIGHT * (DOWN - direction), REST_WEIGHT * (self.rest - joints))
        )
        free = np.ones(len(joints), dtype=bool)
        step = np.zeros(len(joints))
        for _ in range(3):
            part = jacobian[:, free]
            normal = part.T @ part + DAMPING * np.eye(part.shape[1])
            step[:] = 0.0
            step[free] = np.linalg.solve(normal, part.T @ wanted)
            over = ((joints >= self.upper) & (step > 0)) | ((joints <= self.lower) & (step < 0))
            if not over.any():
                break
            free &= ~over
        return step


def _frame(joint: ElementTree.Element) -> Array:
    origin = joint.find("origin")
    text = {} if origin is None else origin.attrib
    frame = np.eye(4)
    frame[:3, :3] = _rotation(*(float(value) for value in text.get("rpy", "0 0 0").split()))
    frame[:3, 3] = [float(value) for value in text.get("xyz", "0 0 0").split()]
    return frame

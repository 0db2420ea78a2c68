"""Forward and inverse kinematics of an arm from its URDF, with MuJoCo's Jacobians."""

from __future__ import annotations

import mujoco
import numpy as np
from numpy.typing import NDArray

from hyperdynamics_ros.arm.urdf import read_chain, without_shapes

Array = NDArray[np.float64]
ROUNDS = 60
DAMPING = 0.005
"""Of the least squares, m/rad: keeps the joints slow near a singularity, where the target may then be missed."""
LEANING = 0.01
"""What a radian of leaning costs beside a metre of missing the target, m/rad."""
LONGEST_ROUND = 0.2
"""Greatest change of a joint in a round, rad."""
CLOSE, UPRIGHT = 2e-4, 2e-3
"""Good enough, m and rad."""
LEANS_ON = 0.98
"""At the target, a round that leaves this share of the tilt is the last: the tool cannot stand upright there."""


class ArmKinematics:
    """Where the tool's tip is, and which joint positions bring it elsewhere with the tool's axis kept."""

    def __init__(self, urdf: str, tip: str, base: tuple[float, float, float] = (0.0, 0.0, 0.0), yaw: float = 0.0):
        """tip: link at the tool's end, its z along the tool. base, yaw: of the robot's base in the world, m and rad.

        Raises:
            ValueError: not a URDF, no such link, joints without limits.
        """
        self.chain = read_chain(urdf, tip)
        self._model = mujoco.MjModel.from_xml_string(without_shapes(urdf))
        self._data = mujoco.MjData(self._model)
        self._tip = mujoco.mj_name2id(self._model, mujoco.mjtObj.mjOBJ_BODY, tip)
        ids = [mujoco.mj_name2id(self._model, mujoco.mjtObj.mjOBJ_JOINT, name) for name in self.chain.names]
        self._positions, self._speeds = self._model.jnt_qposadr[ids], self._model.jnt_dofadr[ids]
        cosine, sine = np.cos(yaw), np.sin(yaw)
        self._turn = np.array(((cosine, -sine, 0.0), (sine, cosine, 0.0), (0.0, 0.0, 1.0)))
        self._base = np.array(base)

    def pose(self, joints: Array) -> tuple[Array, Array]:
        """Position [3] (m) and rotation [3, 3] of the tip's frame in the world at joint positions [n]."""
        self._data.qpos[self._positions] = joints
        mujoco.mj_kinematics(self._model, self._data)
        rotation = self._turn @ self._data.xmat[self._tip].reshape(3, 3)
        return self._base + self._turn @ self._data.xpos[self._tip], rotation

    def tip(self, joints: Array) -> tuple[Array, Array]:
        """Position [3] (m) and tool's axis [3] of the tip in the world at joint positions [n]."""
        position, rotation = self.pose(joints)
        return position, rotation[:, 2]

    def solve(self, target: Array, axis: Array, start: Array) -> tuple[Array, float, float]:
        """Joint positions within their limits that bring the tip to a target with the tool along an axis.

        The target comes first: where the tool cannot stand upright it leans, by as little as it must.

        Args:
            target: [3] in the world, m.
            axis: [3] unit vector in the world.
            start: [n] joint positions to search from; the solution stays near.

        Returns:
            Joint positions [n], and by how much target (m) and axis (rad) are missed.
        """
        joints, before = np.clip(start, self.chain.lower, self.chain.upper), np.inf
        for _ in range(ROUNDS):
            error, missed, tilted = self._error(joints, target, axis)
            if missed < CLOSE and (tilted < UPRIGHT or tilted > before * LEANS_ON):
                break
            before = tilted
            change = self._change(joints, self._jacobian(axis), error)
            change *= min(1.0, LONGEST_ROUND / max(float(np.abs(change).max()), 1e-12))
            joints = np.clip(joints + change, self.chain.lower, self.chain.upper)
        else:
            _, missed, tilted = self._error(joints, target, axis)
        return joints, missed, tilted

    def _change(self, joints: Array, jacobian: Array, error: Array) -> Array:
        """Of the joints [n], by damped least squares; joints that would leave their limits are held."""
        weights = np.array((1.0, 1.0, 1.0, LEANING, LEANING, LEANING))
        rows, wanted = weights[:, None] * jacobian, weights * error
        change, free = np.zeros(len(joints)), np.ones(len(joints), dtype=np.bool_)
        while free.any():
            part = rows[:, free]
            change[:] = 0.0
            change[free] = np.linalg.solve(part.T @ part + DAMPING**2 * np.eye(part.shape[1]), part.T @ wanted)
            leaving = ((joints >= self.chain.upper) & (change > 0.0)) | ((joints <= self.chain.lower) & (change < 0.0))
            if not leaving.any():
                break
            free &= ~leaving
        return change

    def _error(self, joints: Array, target: Array, axis: Array) -> tuple[Array, float, float]:
        position, pointing = self.tip(joints)
        turn = np.cross(pointing, axis)
        tilted = float(np.arctan2(np.linalg.norm(turn), pointing @ axis))
        error = np.concatenate((target - position, turn))
        return error, float(np.linalg.norm(error[:3])), tilted

    def _jacobian(self, axis: Array) -> Array:
        """[6, n] where ``pose`` was asked last: of the position, and of the turning across the axis; the tool may turn
        about it."""
        mujoco.mj_comPos(self._model, self._data)
        shift, turn = np.zeros((3, self._model.nv)), np.zeros((3, self._model.nv))
        mujoco.mj_jacBody(self._model, self._data, shift, turn, self._tip)
        across = np.eye(3) - np.outer(axis, axis)
        jacobian: Array = np.concatenate((self._turn @ shift, across @ self._turn @ turn))[:, self._speeds]
        return jacobian

"""What a state tells beyond its own numbers: the robot's lowest points and the motion of its centre of mass.

Nothing hidden enters: it is geometry and masses of the robot alone. Where a foot touches, its height is the ground's,
and the centre of mass accelerates by what the ground bears, so that a small regression need not learn the robot.
"""

from __future__ import annotations

import mujoco
import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.systems.legged import LeggedSystem
from sim_bridges.locomotion.robots import robot_spec

Array = NDArray[np.float64]
LOWEST = 3
"""Parts of the body whose lowest points count."""


class Kinematics:
    """Forward kinematics of one robot in the air."""

    def __init__(self, system: LeggedSystem) -> None:
        self.system = system
        self._model = robot_spec(system.name, np.ones(len(system.joint_names))).compile()
        self._data = mujoco.MjData(self._model)
        capsule = self._model.geom_type == mujoco.mjtGeom.mjGEOM_CAPSULE
        self._halves = np.where(capsule, self._model.geom_size[:, 1], 0.0)

    def __call__(self, states: Array) -> Array:
        """Of states [T, n_s]: heights of the lowest points (m), then the centre of mass' velocity (m/s); [T, 6]."""
        return np.stack([self._one(state) for state in states])

    def _one(self, state: Array) -> Array:
        data = self._data
        positions = self.system.joints.stop
        data.qpos[:], data.qvel[:] = state[:positions], state[positions:]
        if self.system.orientation is not None:
            data.qpos[3:7] = state[[6, 3, 4, 5]]
        mujoco.mj_fwdPosition(self._model, data)
        mujoco.mj_fwdVelocity(self._model, data)
        mujoco.mj_subtreeVel(self._model, data)
        reach = np.abs(data.geom_xmat[:, 8]) * self._halves + self._model.geom_size[:, 0]
        return np.concatenate((np.sort(data.geom_xpos[:, 2] - reach)[:LOWEST], data.subtree_linvel[1]))

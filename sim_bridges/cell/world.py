"""The cell's physics: an arm whose servos follow a joint trajectory, and one object on a table. Knows no ROS."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.vision.camera import Camera
from sim_bridges.cell.spec import DAMPING, OBJECT, STIFFNESS, TIME_STEP, Thing, cell_model
from sim_bridges.cell.trajectory import Trajectory
from sim_bridges.pushing.objects import PushObject

Array = NDArray[np.float64]
SETTLE = 0.2
"""Time that a new scene is given to come to rest, s."""


class CellWorld:
    """See the module's docstring."""

    def __init__(self, urdf: str, base: tuple[float, float, float], names: Sequence[str], camera: Camera) -> None:
        """urdf: text of the arm's. base: of the arm in the world, m. names: of its joints, in their order here."""
        self._urdf, self._base, self._names, self._camera = urdf, base, tuple(names), camera
        self.model: Any = None
        self.data: Any = None
        self._trajectory = Trajectory.staying(np.zeros(len(names)))
        self._begun = self._left = 0.0

    def reset(self, item: PushObject, thing: Thing, pose: tuple[float, float, float], joints: Array) -> None:
        """Put an object on the table at ``pose`` (x, y in m, yaw in rad), the arm at ``joints`` [n]; both come to rest.

        Raises:
            ValueError: a joint of these names is not in the URDF.
        """
        self.model = cell_model(self._urdf, self._base, item, thing, self._camera)
        self.data = mujoco.MjData(self.model)
        ids = [self.model.joint(name).id for name in self._names]
        self._places, self._speeds = self.model.jnt_qposadr[ids], self.model.jnt_dofadr[ids]
        self._servos = [self.model.actuator(name).id for name in self._names]
        self._body = self.model.body(OBJECT).id
        free = self.model.jnt_qposadr[self.model.body_jntadr[self._body]]
        self.data.qpos[self._places] = joints
        half = 0.5 * pose[2]
        self.data.qpos[free : free + 7] = (pose[0], pose[1], item.rest_height, np.cos(half), 0.0, 0.0, np.sin(half))
        self._trajectory, self._begun, self._left = Trajectory.staying(joints), 0.0, 0.0
        mujoco.mj_forward(self.model, self.data)
        self.advance(SETTLE)

    def follow(self, times: Array, positions: Array, speeds: Array) -> None:
        """Begin a trajectory of N points now, from where the servos are: times [N] s, positions and speeds [N, n]."""
        moment = float(self.data.time) - self._begun
        self._trajectory = self._trajectory.after(times, positions, speeds, moment)
        self._begun = float(self.data.time)

    def advance(self, seconds: float) -> None:
        """Let time pass; parts of a simulation step add up."""
        self._left += seconds
        while self._left >= 0.5 * TIME_STEP:
            place, speed = self._trajectory.sample(float(self.data.time) - self._begun)
            # With this the servo's damping is against the wanted speed, and does not lag behind it.
            self.data.ctrl[self._servos] = place + speed * (DAMPING / STIFFNESS)
            mujoco.mj_step(self.model, self.data)
            self._left -= TIME_STEP

    @property
    def joints(self) -> Array:
        """[n] positions, rad."""
        return np.array(self.data.qpos[self._places])

    @property
    def joint_speeds(self) -> Array:
        """[n] rad/s."""
        return np.array(self.data.qvel[self._speeds])

    @property
    def efforts(self) -> Array:
        """[n] torques of the servos, N m."""
        return np.array(self.data.actuator_force[self._servos])

    @property
    def object_pose(self) -> tuple[Array, Array]:
        """Position [3] of the object's volume centroid (m) and its rotation [3, 3], world frame."""
        body = self.data.body(self._body)
        return np.array(body.xpos), np.array(body.xmat).reshape(3, 3)

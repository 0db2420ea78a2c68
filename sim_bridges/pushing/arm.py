"""The robot that moves the rod: a Kuka iiwa, or a gantry for fast tests.

One joint target an action, handed to soft position control: a stiff, interpolated motion would hide the object's mass.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_bridges.pushing.kinematics import ArmKinematics, Solution
from sim_bridges.pushing.physics import PhysicsSettings
from sim_bridges.pushing.robot_files import robot_file

Array = NDArray[np.float64]
KUKA_REST = (0.0, 0.6, 0.0, -1.6, 0.0, 0.9, 0.0)


@lru_cache(maxsize=4)
def _kuka_kinematics(physics: PhysicsSettings) -> ArmKinematics:
    urdf = robot_file(physics, visual=False).read_text()
    return ArmKinematics(urdf, physics.base_position, np.array(KUKA_REST))


class Arm:
    """A robot loaded into a PyBullet client, its rod pointing down."""

    def __init__(self, client: Any, physics: PhysicsSettings, visual: bool = False) -> None:
        self.client = client
        self.physics = physics
        path = str(robot_file(physics, visual))
        base = physics.base_position if physics.robot == "kuka" else (0.0, 0.0, 0.0)
        flags = client.URDF_USE_INERTIA_FROM_FILE
        self.body: int = client.loadURDF(path, base, useFixedBase=True, flags=flags)
        self.joints = list(range(client.getNumJoints(self.body) - 2))
        self.rod = len(self.joints)
        self.tip_link = self.rod + 1
        client.changeDynamics(self.body, self.rod, lateralFriction=physics.rod_friction, restitution=0.0)

    def tip(self) -> Array:
        """[3] position of the rod's tip, world frame, m."""
        state = self.client.getLinkState(self.body, self.tip_link, computeForwardKinematics=True)
        return np.array(state[4])

    def angles(self) -> Array:
        """[n] joint positions: rad (kuka) or m (gantry)."""
        return np.array([state[0] for state in self.client.getJointStates(self.body, self.joints)])

    def solve(self, target: Array, start: Array | None = None) -> Solution:
        """Joint positions that bring the tip to `target` [3], world frame, m."""
        if self.physics.robot == "gantry":
            return Solution(np.asarray(target, dtype=np.float64), 0.0, 0.0)
        return _kuka_kinematics(self.physics).solve(np.asarray(target, dtype=np.float64), start)

    def place(self, target: Array) -> None:
        """Put the tip at `target` [3] at once, at rest, and hold it there.

        Raises:
            ValueError: the target is out of reach.
        """
        solution = self.solve(target)
        if solution.error > 2e-3:
            raise ValueError(
                f"the rod cannot reach {np.round(target, 3).tolist()} (misses by {1e3 * solution.error:.0f} mm); "
                f"keep it {self.physics.reach[0]} to {self.physics.reach[1]} m from the base"
            )
        for joint, value in zip(self.joints, solution.joints, strict=True):
            self.client.resetJointState(self.body, joint, float(value))
        self._control(solution.joints)

    def drive(self, target: Array) -> Solution:
        """Set the joint target of one action: the tip ends near `target` [3] unless something heavy is in the way."""
        solution = self.solve(target, self.angles())
        self._control(solution.joints)
        return solution

    def hold(self) -> None:
        """Stop: make the present joint positions the target."""
        self._control(self.angles())

    def _control(self, joints: Array) -> None:
        count = len(self.joints)
        self.client.setJointMotorControlArray(
            self.body,
            self.joints,
            self.client.POSITION_CONTROL,
            targetPositions=joints.tolist(),
            targetVelocities=[0.0] * count,
            forces=[self.physics.max_force] * count,
            positionGains=[self.physics.position_gain] * count,
            velocityGains=[self.physics.velocity_gain] * count,
        )

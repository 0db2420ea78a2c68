"""The pushing world: one object on a table, a rod on an arm, obstacles; usable without ROS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_bridges.pushing.arm import Arm
from sim_bridges.pushing.bullet import connect
from sim_bridges.pushing.feet import on_feet
from sim_bridges.pushing.object_cache import collision_file
from sim_bridges.pushing.objects import PushObject, load_object
from sim_bridges.pushing.physics import KUKA, PhysicsSettings
from sim_bridges.pushing.scene import Obstacle, SceneSpec

Array = NDArray[np.float64]
LONGEST_STEP = 0.35
"""Longest displacement of one step, m: what the drive covers in 0.8 s with the rod lifted."""
HULL_MARGIN = 0.001
"""PyBullet keeps hulls this far apart, m; the simulated table lies lower by it, so that objects stand on z = 0."""
TOPPLED = np.cos(np.deg2rad(30.0))


@dataclass(frozen=True)
class StepResult:
    """What one action did."""

    state: Array
    """[16] push state after the step."""
    executed: Array
    """[3] displacement of the rod's tip, m."""
    object_moved_m: float
    """Way of the object's centroid from start to end of the step, m."""
    object_hit_obstacle: bool
    """The object touched an obstacle."""
    rod_hit_obstacle: bool
    """The rod touched an obstacle."""
    off_table: bool
    """The object's centroid left the table."""
    toppled: bool
    """The object leans by more than 30 degrees."""

    @property
    def obstacle_contact(self) -> bool:
        """Whether an obstacle was touched at all."""
        return self.object_hit_obstacle or self.rod_hit_obstacle


class PushWorld:
    """A simulated table. Each instance has its own PyBullet client; results depend on nothing but scene and actions."""

    def __init__(self, physics: PhysicsSettings = KUKA, gui: bool = False) -> None:
        self.physics = physics
        self.gui = gui
        self.client: Any = connect(gui)
        self.scene: SceneSpec | None = None
        self._pending = 0.0
        self._steps_left = 0

    def reset(self, scene: SceneSpec, item: PushObject | None = None) -> Array:
        """Build the scene anew and let it settle. Returns the push state [16].

        Args:
            scene: where everything stands.
            item: the object itself where it is not one of the named ones.

        Raises:
            ValueError: an unknown object or one that cannot be built, with the old scene as it was; or a rod position
                out of reach.
        """
        item = item or load_object(scene.system.object)
        for each in (item, *(load_object(obstacle.object) for obstacle in scene.obstacles)):
            _hulls(each)  # before the old scene goes
        self.object = item
        self._prepare()
        self._com = np.array(scene.system.com_offset, dtype=np.float64)
        self.body = self._add_object(scene)
        self.obstacles = tuple(self._add_obstacle(obstacle) for obstacle in scene.obstacles)
        self.arm = Arm(self.client, self.physics, visual=self.gui)
        self.scene = scene
        self._height = self.physics.tip_height
        self.arm.place(np.array([*scene.end_effector, self._height]))
        for _ in range(round(self.physics.settle_seconds * self.physics.rate_hz)):
            self.client.stepSimulation()
        self._clear_step()
        self._start = self.state()
        return self._start.copy()

    def step(self, displacement: Array) -> StepResult:
        """Move the rod by `displacement` [3] (m) within one step of 0.8 s.

        Raises:
            ValueError: not three finite numbers, or too long.
            RuntimeError: the world was not reset.
        """
        self.begin(displacement)
        return self.finish()

    def begin(self, displacement: Array) -> None:
        """Start an action: hand the joint target over. See `step` for what is refused."""
        if self.scene is None:
            raise RuntimeError("the world holds no scene; call reset first")
        move = np.asarray(displacement, dtype=np.float64)
        if move.shape != (3,) or not np.isfinite(move).all():
            raise ValueError(f"displacement {displacement!r} must be three finite numbers (m)")
        if np.linalg.norm(move) > LONGEST_STEP:
            raise ValueError(f"displacement {move.round(3).tolist()} is longer than {LONGEST_STEP} m; use more steps")
        self._start = self.state()
        # The height is kept as a reference of its own: millimetres of sag must not add up over the steps.
        self._height = max(self._height + float(move[2]), self.physics.tip_height)
        target = np.array([*(self._start[13:15] + move[:2]), self._height])
        self.arm.drive(target)
        self._clear_step()
        self._steps_left = self.physics.substeps

    def advance(self, seconds: float) -> None:
        """Let simulated time pass, whether an action is under way or not; parts of a simulation step add up."""
        self._pending += seconds * self.physics.rate_hz
        while self._pending >= 1.0:
            self._pending -= 1.0
            self._substep()

    def finish(self) -> StepResult:
        """Let the rest of the action's time pass and say what it did."""
        while self._steps_left > 0:
            self._substep()
        return self.result()

    @property
    def busy(self) -> bool:
        """Whether the action that was begun still has time left."""
        return self._steps_left > 0

    def result(self) -> StepResult:
        """What has happened since the last `begin`."""
        state = self.state()
        return StepResult(
            state,
            state[13:16] - self._start[13:16],
            float(np.linalg.norm(state[:3] - self._start[:3])),
            self._object_hit,
            self._rod_hit,
            self._is_off_table(state),
            self._is_toppled(state),
        )

    def state(self) -> Array:
        """Push state [16]: object's centroid pose and velocity, rod's tip; world frame, SI, quaternion xyzw."""
        position, quaternion = self.client.getBasePositionAndOrientation(self.body)
        linear, angular = self.client.getBaseVelocity(self.body)
        rotation = np.array(self.client.getMatrixFromQuaternion(quaternion)).reshape(3, 3)
        arm = -rotation @ self._com
        centroid = np.array(position) + arm
        velocity = np.array(linear) + np.cross(angular, arm)
        return np.concatenate((centroid, quaternion, velocity, angular, self.arm.tip()))

    def hold(self) -> None:
        """Stop the arm where it is and end the action under way."""
        self.arm.hold()
        self._height = float(max(self.arm.tip()[2], self.physics.tip_height))
        self._steps_left = 0

    def close(self) -> None:
        """Disconnect from the simulator; a second call does nothing."""
        if self.client is not None and self.client.isConnected():
            self.client.disconnect()
        self.client = None

    def _prepare(self) -> None:
        physics, client = self.physics, self.client
        client.resetSimulation()
        client.setGravity(0, 0, -physics.gravity)
        client.setPhysicsEngineParameter(
            fixedTimeStep=1.0 / physics.rate_hz,
            numSolverIterations=physics.solver_iterations,
            deterministicOverlappingPairs=1,
        )
        half = physics.table_size / 2
        shape = client.createCollisionShape(client.GEOM_BOX, halfExtents=[half, half, 0.05])
        looks = self._looks(client.GEOM_BOX, (0.75, 0.70, 0.62), halfExtents=[half, half, 0.05])
        self.table = client.createMultiBody(0, shape, looks, [0, 0, -0.05 - HULL_MARGIN])
        client.changeDynamics(self.table, -1, lateralFriction=physics.table_friction, restitution=0.0)

    def _looks(self, kind: int, colour: tuple[float, float, float], **shape: Any) -> int:
        if not self.gui:
            return -1
        return int(self.client.createVisualShape(kind, rgbaColor=[*colour, 1.0], **shape))

    def _add_object(self, scene: SceneSpec) -> int:
        """The pushed object, its inertial frame at its centre of mass."""
        system, physics, client = scene.system, self.physics, self.client
        body = self._add(self.object, system.mass, self._com)
        quaternion = client.getQuaternionFromEuler([0, 0, scene.yaw])
        rotation = np.array(client.getMatrixFromQuaternion(quaternion)).reshape(3, 3)
        centroid = np.array([scene.x, scene.y, self.object.rest_height])
        client.resetBasePositionAndOrientation(body, centroid + rotation @ self._com, quaternion)
        client.changeDynamics(
            body,
            -1,
            lateralFriction=system.friction,
            restitution=0.0,
            linearDamping=physics.damping,
            angularDamping=physics.damping,
            localInertiaDiagonal=(system.mass * self.object.unit_inertia).tolist(),
        )
        return body

    def _add_obstacle(self, obstacle: Obstacle) -> int:
        item = load_object(obstacle.object)
        body = self._add(item, 0.0, np.zeros(3))
        quaternion = self.client.getQuaternionFromEuler([0, 0, obstacle.yaw])
        self.client.resetBasePositionAndOrientation(body, [obstacle.x, obstacle.y, item.rest_height], quaternion)
        return body

    def _add(self, item: PushObject, mass: float, com: Array) -> int:
        client = self.client
        file = _hulls(item)
        shape = client.createCollisionShape(client.GEOM_MESH, fileName=file)
        looks = self._looks(client.GEOM_MESH, item.colour, fileName=file)
        return int(client.createMultiBody(mass, shape, looks, [0, 0, 0], baseInertialFramePosition=com.tolist()))

    def _clear_step(self) -> None:
        self._object_hit = self._rod_hit = False
        self._pending = 0.0
        self._steps_left = 0

    def _substep(self) -> None:
        self.client.stepSimulation()
        self._steps_left -= self._steps_left > 0
        for obstacle in self.obstacles:
            self._object_hit = self._object_hit or bool(self.client.getContactPoints(self.body, obstacle))
            self._rod_hit = self._rod_hit or bool(self.client.getContactPoints(self.arm.body, obstacle))

    def _is_off_table(self, state: Array) -> bool:
        outside = np.abs(state[:2]).max() > self.physics.table_size / 2
        return bool(outside or state[2] < 0.5 * self.object.rest_height)

    def _is_toppled(self, state: Array) -> bool:
        x, y = state[3], state[4]
        return bool(1.0 - 2.0 * (x * x + y * y) < TOPPLED)


def _hulls(item: PushObject) -> str:
    """File of an object's collision pieces. Raises ValueError where there is none to be made of it."""
    return str(collision_file(on_feet(item.parts, item.vertices)))

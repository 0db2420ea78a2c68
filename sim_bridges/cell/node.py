"""A pushing cell in MuJoCo as a ROS 2 node: a stand-in for the drivers of a real one, in real time.

It takes joint trajectories and tells joint states, the object's pose from a tracker and pictures of a depth camera,
with the noise and the delays of such devices and stamps of the moment of measurement. The service ``reset`` and the
topics ``scene`` and ``suggested_goal`` stand for a person who puts another object on the table.
"""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from diagnostic_msgs.msg import DiagnosticStatus
from std_srvs.srv import Trigger
from trajectory_msgs.msg import JointTrajectory

from hyperdynamics_ros.arm.kinematics import ArmKinematics
from hyperdynamics_ros.checks.trajectories import JointLimits, check_joint_trajectory, check_start, trajectory_points
from hyperdynamics_ros.environment import share_folder
from hyperdynamics_ros.node import CheckedNode, NodeFailure
from sim_bridges.cell.episodes import CellEpisode, CellEpisodes
from sim_bridges.cell.eye import cell_camera
from sim_bridges.cell.parameters import TABLE
from sim_bridges.cell.photographer import Photographer
from sim_bridges.cell.start import URDF, start_joints
from sim_bridges.cell.teller import CellTeller
from sim_bridges.cell.tracker import Tracker, TrackerConfig
from sim_bridges.cell.world import CellWorld
from sim_bridges.pushing.objects import load_object

COMMAND = "arm_controller/joint_trajectory"
LONGEST_TICK = 0.1
"""Time lost beyond this in one tick is not caught up, s."""
CAMERA_LATENCY = (0.06, 0.10)
"""From exposure until a picture is told, s."""
TIP = "tip"


class MuJoCoCell(CheckedNode):
    """See the module's docstring."""

    def __init__(self) -> None:
        super().__init__("mujoco_cell", TABLE)
        urdf, base = self._read_urdf(), tuple(float(self.parameters[f"base_{axis}"]) for axis in "xyz")
        try:
            self._arm = ArmKinematics(urdf, TIP, base)  # type: ignore[arg-type]
        except ValueError as error:
            raise NodeFailure(f"the arm's URDF cannot be used: {error}") from error
        chain = self._arm.chain
        self._limits = JointLimits(chain.names, chain.lower, chain.upper, chain.speed)
        camera, rng = cell_camera(), np.random.default_rng(self.parameters["seed"])
        self._world = CellWorld(urdf, base, chain.names, camera)  # type: ignore[arg-type]
        self._tracker = Tracker(TrackerConfig(), rng)
        self._photographer = Photographer(camera, rng.spawn(1)[0], CAMERA_LATENCY)
        self._source, self._teller = CellEpisodes(), CellTeller(self, chain.names)
        self._trajectories, self._lost = 0, 0.0
        self._next_track = self._next_photo = 0
        self._reset()
        check = partial(check_joint_trajectory, limits=self._limits)
        self.listen(JointTrajectory, COMMAND, lambda message: self._check(check, message), self._on_trajectory,
                    ordered=False)  # fmt: skip
        self.create_service(Trigger, "reset", self._on_reset)
        self.every(1.0 / self.parameters["state_rate"], self._tick)
        self.every(self.parameters["report_period"], self._report)

    def close(self) -> None:
        """End the camera with the node."""
        self._photographer.close()

    def health(self) -> tuple[bytes, str, dict[str, str]]:
        """See ``CheckedNode.health``."""
        values = {
            "episode": str(self._episode.number),
            "object": self._episode.scene.system.object,
            "trajectories": str(self._trajectories),
            "lost_s": f"{self._lost:.2f}",
        }
        return DiagnosticStatus.OK, "running", values

    def _read_urdf(self) -> str:
        given = self.parameters["urdf"]
        path = Path(given) if given else share_folder() / URDF
        try:
            return path.read_text()
        except OSError as error:
            raise NodeFailure(f"urdf {str(path)!r} cannot be read: {error}") from error

    # The person.

    def _reset(self) -> CellEpisode:
        names = ("object", "split", "variation", "seed", "repeat")
        episode = self._source.draw({name: self.parameters[name] for name in names})
        scene = episode.scene
        joints = start_joints(self._arm, scene.end_effector)
        self._world.reset(load_object(scene.system.object), episode.thing, (scene.x, scene.y, scene.yaw), joints)
        self._episode, self._last_tick = episode, time.monotonic()
        now = self.now_ns()
        self._tracker.clear()
        self._photographer.forget(now)
        self._teller.episode(episode, now)
        self.get_logger().info(
            f"episode {episode.number}: {scene.system.object}, {episode.thing.mass:.2f} kg, "
            f"friction {episode.thing.friction:.2f}"
        )
        return episode

    def _on_reset(self, request: Any, response: Any) -> Any:
        try:
            response.message = self._reset().as_json()
            response.success = True
        except ValueError as error:
            response.success, response.message = False, f"{error}; the cell stays as it was"
            self.get_logger().warning(f"reset refused: {error}")
        return response

    # The drivers.

    def _check(self, check: Any, message: Any) -> None:
        check(message)
        times, positions, _ = trajectory_points(message, self._limits.names)
        check_start(times, positions, self._world.joints, self._limits)

    def _on_trajectory(self, message: Any) -> None:
        self._world.follow(*trajectory_points(message, self._limits.names))
        self._trajectories += 1

    def _tick(self) -> None:
        """Let the wall's time pass in the cell, and tell what its devices have measured."""
        now = time.monotonic()
        elapsed = now - self._last_tick
        self._last_tick = now
        self._lost += max(elapsed - LONGEST_TICK, 0.0)
        self._world.advance(min(elapsed, LONGEST_TICK))
        stamp = self.now_ns()
        self._teller.joints(self._world.joints, self._world.joint_speeds, self._world.efforts, stamp)
        self._track(stamp)
        self._photograph(stamp)

    def _track(self, stamp: int) -> None:
        if stamp >= self._next_track:
            self._next_track = _next(self._next_track, stamp, self.parameters["tracker_rate"])
            self._tracker.measure(stamp, *self._world.object_pose)
        for track in self._tracker.told(stamp):
            self._teller.track(track)

    def _photograph(self, stamp: int) -> None:
        if stamp >= self._next_photo and self._teller.watched and not self._photographer.busy:
            self._next_photo = _next(self._next_photo, stamp, self.parameters["camera_rate"])
            self._photographer.expose(stamp, self._world.model, self._world.data.qpos.copy())
        try:
            photos = self._photographer.ready(stamp)
        except RuntimeError as error:
            raise NodeFailure(str(error)) from error
        for photo in photos:
            self._teller.photo(photo)

    def _report(self) -> None:
        if self._lost > 0.0:
            self.get_logger().warning(f"{self._lost:.2f} s of the wall's time were lost: the machine is busy")
            self._lost = 0.0


def _next(planned: int, stamp: int, rate: float) -> int:
    """When it is the next time for something, ns: in step with the last one unless that was missed."""
    period = round(1e9 / rate)
    return planned + period if stamp - planned < period else stamp + period

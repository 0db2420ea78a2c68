"""The pushing world as a ROS 2 node.

lockstep: state and images of a moment t go out with one stamp; time stands still until the command of t comes, then
0.8 s pass and the next moment goes out. realtime: time runs with the wall clock. A command of zero stops the arm.
"""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import numpy as np
from diagnostic_msgs.msg import DiagnosticStatus
from geometry_msgs.msg import Vector3Stamped
from numpy.typing import NDArray
from std_msgs.msg import String
from std_srvs.srv import Trigger

from hyperdynamics_ros.checks import MessageRefused, check_displacement, stamp_ns
from hyperdynamics_ros.conversions.arrays import from_xyz
from hyperdynamics_ros.node import CheckedNode
from sim_bridges.bridge_episode import Episode, EpisodeSource
from sim_bridges.bridge_parameters import TABLE
from sim_bridges.bridge_publisher import BridgePublisher
from sim_bridges.bridge_realtime import RealtimeArm
from sim_bridges.pushing.physics import physics_named
from sim_bridges.pushing.world import PushWorld
from sim_bridges.retelling import Retelling

COMMAND = "end_effector/displacement"
RESET_GAP = 10_000_000_000
"""Simulated time between two episodes, ns: longer than any step, so that no step seems to span them."""
LONGEST_TICK = 0.1
"""realtime: time lost beyond this in one tick is not caught up, s."""


class PyBulletBridge(CheckedNode):
    """See the module's docstring."""

    def __init__(self) -> None:
        super().__init__("pybullet_bridge", TABLE)
        physics = physics_named(self.parameters["physics"])
        self._world = PushWorld(physics, gui=self.parameters["gui"])
        self._step_ns = round(physics.step_seconds * 1e9)
        self._source = EpisodeSource(physics)
        self._publisher = BridgePublisher(self, self.parameters["depth_encoding"])
        self._refusals = self.talk(String, "command_refused")
        self._lockstep = self.parameters["mode"] == "lockstep"
        self._now, self._answered = 0, -1
        self._running = RealtimeArm(self._world, self.parameters["hold_after"])
        self._retelling = Retelling(self.parameters["republish_period"])
        self._reset()
        check = partial(check_displacement, limit=self.parameters["max_displacement"])
        self.listen(Vector3Stamped, COMMAND, self._reporting(check), self._on_command, ordered=False)
        self.create_service(Trigger, "reset", self._on_reset)
        if self._lockstep:
            self.every(self._retelling.watch_period, self._watch)
        else:
            self._last_tick, self._next_image = time.monotonic(), 0
            self.every(1.0 / self.parameters["state_rate"], self._tick)

    def close(self) -> None:
        """Close the simulator with the node."""
        self._world.close()

    def health(self) -> tuple[bytes, str, dict[str, str]]:
        """See ``CheckedNode.health``."""
        quiet = time.monotonic() - self._last_command
        silent = self._commands > 0 and quiet > self.parameters["command_timeout"]
        words = f"no command for {quiet:.1f} s, the arm is held" if silent else "running"
        values = {
            "episode": str(self._episode.number),
            "object": self._episode.scene.system.object,
            "simulated_s": f"{self._now / 1e9:.1f}",
            "commands": str(self._commands),
        }
        return (DiagnosticStatus.WARN if silent else DiagnosticStatus.OK), words, values

    def _reset(self) -> Episode:
        names = ("object", "split", "variation", "obstacles", "seed", "camera", "image_size", "repeat", "region")
        episode = self._source.draw({name: self.parameters[name] for name in names})
        self._world.reset(episode.scene)
        self._running.reset()
        self._episode = episode
        self._now += RESET_GAP
        self._contact, self._commands = False, 0
        self._last_command = time.monotonic()
        self._reported = False
        self._publisher.clock(self._now)
        self._publisher.episode(episode, self._now)
        self._publish()
        self._retelling.told()
        self.get_logger().info(f"episode {episode.number}: {episode.scene.system.object} from camera {episode.view}")
        return episode

    def _on_reset(self, request: Any, response: Any) -> Any:
        try:
            response.message = self._reset().as_json()
            response.success = True
        except ValueError as error:
            response.success, response.message = False, f"{error}; the scene stays as it was"
            self.get_logger().warning(f"reset refused: {error}")
        return response

    def _reporting(self, check: Any) -> Any:
        """The check of a command, whose refusals also go to who sent it."""

        def checked(message: Any) -> None:
            try:
                check(message)
                self._check_command(message)
            except MessageRefused as refusal:
                self._refusals.publish(String(data=str(refusal)))
                raise

        return checked

    def _check_command(self, message: Any) -> None:
        move, stamp = from_xyz(message.vector), stamp_ns(message.header.stamp)
        if not move.any():
            return  # to stop is always allowed
        if not self._lockstep:
            self._running.check_time()
        elif stamp not in (0, self._now, self._answered):
            raise MessageRefused(
                "header.stamp",
                f"{stamp / 1e9:.3f} s",
                f"must be that of the newest state, {self._now / 1e9:.3f} s (or 0)",
                "answer each state once",
            )
        if stamp == self._answered:
            return  # sent again, and done already: it goes nowhere
        self._check_workspace(self._world.state()[13:16] + move)

    def _check_workspace(self, tip: NDArray[np.float64]) -> None:
        half, height = self.parameters["workspace_half"], self.parameters["workspace_height"]
        if np.abs(tip[:2]).max() > half or not -0.05 <= tip[2] <= height:
            raise MessageRefused(
                "target of the rod's tip",
                f"{np.round(tip, 3).tolist()} m",
                f"must keep |x|, |y| <= {half} m and a height of at most {height} m",
                "stay over the table",
            )

    def _on_command(self, message: Any) -> None:
        move, stamp = from_xyz(message.vector), stamp_ns(message.header.stamp)
        self._last_command, self._reported = time.monotonic(), False
        self._commands += 1
        if not self._lockstep:
            self._running.command(move)
        elif stamp in (0, self._now):
            self._answered = self._now
            self._step(move)

    def _step(self, move: NDArray[np.float64]) -> None:
        result = self._world.step(move)
        self._contact = self._contact or result.obstacle_contact
        self._now += self._step_ns
        self._publisher.clock(self._now)
        self._publish()
        self._retelling.told()

    def _publish(self) -> None:
        self._publisher.state(self._world, self._now, self._contact)
        self._publisher.images(self._world, self._episode, self._now)

    def _watch(self) -> None:
        """lockstep, while time stands still."""
        if self._retelling.due():
            self._publisher.clock(self._now)
            self._publish()
        self._report_silence(time.monotonic())

    def _tick(self) -> None:
        """realtime: let the wall's time pass in the world."""
        now = time.monotonic()
        elapsed = min(now - self._last_tick, LONGEST_TICK)
        self._last_tick = now
        self._contact = self._running.advance(elapsed) or self._contact
        self._now += round(elapsed * 1e9)
        self._report_silence(now)
        self._publisher.clock(self._now)
        self._publisher.state(self._world, self._now, self._contact)
        if self._now >= self._next_image:
            self._next_image = self._now + round(1e9 / self.parameters["camera_rate"])
            self._publisher.images(self._world, self._episode, self._now)

    def _report_silence(self, now: float) -> None:
        if self._reported or now - self._last_command <= self.parameters["command_timeout"]:
            return
        self._reported = True
        words = f"no command for {now - self._last_command:.1f} s: the arm is held"
        # Two calls: a logger refuses another severity from the same place.
        if self._commands:
            self.get_logger().warning(words)
        else:
            self.get_logger().info(words)

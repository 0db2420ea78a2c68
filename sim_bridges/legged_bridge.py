"""The locomotion world as a ROS 2 node.

lockstep: the state of a moment t goes out; time stands still until the command of t comes, then one step passes. A
state that goes out again while it waits is the same state: a command names the stamp that it answers in its layout's
label, so that each state is answered once however often either is sent; a command without a label counts for the
present state.
realtime: time runs with the wall clock, the last command is held for a short while, then the torques are zero.
"""

from __future__ import annotations

import time
from collections import deque
from typing import Any

import numpy as np
from diagnostic_msgs.msg import DiagnosticStatus
from numpy.typing import NDArray
from std_msgs.msg import Float64MultiArray, String
from std_srvs.srv import Trigger

from hyperdynamics_core.systems.legged import LEGGED
from hyperdynamics_ros.checks import MessageRefused, check_torques
from hyperdynamics_ros.conversions.commands import numbers, stamp_of_numbers
from hyperdynamics_ros.node import NEWEST, CheckedNode
from sim_bridges.legged_episode import LeggedEpisode, LeggedEpisodes
from sim_bridges.legged_motors import HeldTorques
from sim_bridges.legged_parameters import TABLE
from sim_bridges.legged_publisher import LeggedPublisher
from sim_bridges.locomotion.tasks import task_named
from sim_bridges.locomotion.world import LeggedWorld
from sim_bridges.retelling import Retelling

COMMAND = "effort_controller/commands"
RESET_GAP = 10_000_000_000
"""Simulated time between two episodes, ns: longer than any step, so that no step seems to span them."""
LONGEST_TICK = 0.1
"""realtime: time lost beyond this in one tick is not caught up, s."""
KEPT = 1000
"""Newest replies that the figures are taken over."""


class MujocoBridge(CheckedNode):
    """See the module's docstring."""

    def __init__(self) -> None:
        super().__init__("mujoco_bridge", TABLE)
        self._system = LEGGED[self.parameters["robot"]]
        self._step_ns = round(1e9 * self._system.dt)
        self._limits = np.array(self._system.max_torques)
        self._episodes = LeggedEpisodes()
        self._lockstep = self.parameters["mode"] == "lockstep"
        size = self.parameters["picture_width"], self.parameters["picture_height"]
        self._publisher = LeggedPublisher(self, size)
        self._refusals = self.talk(String, "command_refused")
        self._held = HeldTorques(len(self._limits), round(1e9 * self.parameters["hold_after"]))
        self._now, self._answered, self._lost = 0, -1, 0.0
        self._replies: deque[float] = deque(maxlen=KEPT)
        self._world: LeggedWorld | None = None
        self._retelling = Retelling(self.parameters["republish_period"])
        self._reset()
        self.listen(Float64MultiArray, COMMAND, self._check, self._on_command, NEWEST, ordered=False)
        self.create_service(Trigger, "reset", self._on_reset)
        if self._lockstep:
            self.every(self._retelling.watch_period, self._watch)
        else:
            self._last_tick = time.monotonic()
            self.every(self._system.dt, self._tick)

    def close(self) -> None:
        """Close renderer and world with the node."""
        self._publisher.close()
        if self._world is not None:
            self._world.close()

    def health(self) -> tuple[bytes, str, dict[str, str]]:
        """See ``CheckedNode.health``."""
        quiet = time.monotonic() - self._last_command
        silent = self._commands > 0 and quiet > self.parameters["command_timeout"]
        words = f"no command for {quiet:.1f} s" if silent else "running"
        values = {
            "episode": str(self._episode.number),
            "task": self._episode.spec.task,
            "simulated_s": f"{self._now / 1e9:.2f}",
            "commands": str(self._commands),
            "lost_s": f"{self._lost:.2f}",
        }
        if self._replies:
            reply = 1e3 * np.percentile(self._replies, (50, 95, 99))
            values |= {f"reply_ms_p{part}": f"{value:.2f}" for part, value in zip((50, 95, 99), reply, strict=True)}
        return (DiagnosticStatus.WARN if silent else DiagnosticStatus.OK), words, values

    # Episodes.

    def _reset(self) -> LeggedEpisode:
        names = ("robot", "terrain", "split", "value", "seed")
        episode = self._episodes.draw({name: self.parameters[name] for name in names})
        if self._world is None or self._world.task.name != episode.task.name:
            self._world = LeggedWorld(task_named(episode.task.name))
        self._state = self._world.reset(episode.spec)
        self._torques = np.zeros(len(self._limits))
        self._episode, self._commands, self._reported = episode, 0, False
        self._now += RESET_GAP
        self._next_picture = self._now
        self._held.reset(self._now)
        self._replies.clear()
        self._last_command = time.monotonic()
        self._publisher.episode(episode, self._now)
        self._publish()
        self.get_logger().info(f"episode {episode.number}: {episode.words}")
        return episode

    def _on_reset(self, request: Any, response: Any) -> Any:
        try:
            response.message, response.success = self._reset().as_json(), True
        except ValueError as error:
            response.success, response.message = False, f"{error}; the episode stays as it was"
            self.get_logger().warning(f"reset refused: {error}")
        return response

    # Commands.

    def _check(self, message: Any) -> None:
        """The check of a command, whose refusals also go to who sent it."""
        try:
            check_torques(message, self._system)
            self._check_moment(stamp_of_numbers(message))
        except MessageRefused as refusal:
            self._refusals.publish(String(data=str(refusal)))
            raise

    def _check_moment(self, answered: int | None) -> None:
        if not self._lockstep:
            self._held.check_age(answered, self._now)
        elif answered not in (None, self._now, self._answered):
            raise MessageRefused(
                "stamp of the state that the command answers",
                f"{answered / 1e9:.3f} s",
                f"must be that of the newest state, {self._now / 1e9:.3f} s (or none)",
                "answer each state once",
            )

    def _on_command(self, message: Any) -> None:
        answered, torques = stamp_of_numbers(message), numbers(message).copy()
        arrived = time.monotonic()
        if not self._lockstep:
            self._held.command(torques, self._now)
        elif answered is not None and answered == self._answered:
            return  # sent again, and taken already
        self._commands += 1
        self._last_command, self._reported = arrived, False
        if self._lockstep:
            self._replies.append(arrived - self._published)
            self._answered = self._now
            self._step(torques)
            self._publish()
            self._picture()

    # Time.

    def _step(self, torques: NDArray[np.float64]) -> None:
        """One step of the system's dt."""
        assert self._world is not None
        try:
            self._state = self._world.step(torques / self._limits).state
        except RuntimeError as error:
            self.get_logger().error(f"{error}; the next episode begins")
            self._reset()
            return
        self._torques = torques
        self._now += self._step_ns

    def _publish(self) -> None:
        assert self._world is not None
        self._publisher.state(self._system, self._state, self._torques, self._now)
        self._published = time.monotonic()
        self._retelling.told()
        self._publisher.truth(self._world, self._now)

    def _picture(self) -> None:
        assert self._world is not None
        if self._now >= self._next_picture:
            self._next_picture = self._now + round(1e9 / self.parameters["picture_rate"])
            self._publisher.picture(self._world, self._now)

    def _watch(self) -> None:
        """lockstep, while time stands still."""
        if self._retelling.due():
            self._publisher.state(self._system, self._state, self._torques, self._now)
        self._report_silence(time.monotonic(), "time stands still")

    def _tick(self) -> None:
        """realtime: let the wall's time pass in the world, step by step."""
        now = time.monotonic()
        if now - self._last_tick > LONGEST_TICK:
            self._lost += now - self._last_tick - LONGEST_TICK
            self._last_tick = now - LONGEST_TICK
        while now - self._last_tick >= self._system.dt:
            self._last_tick += self._system.dt
            self._step(self._held.at(self._now))
            self._publish()
        self._picture()
        if self._held.silent(self._now):
            self._report_silence(now, "the torques are zero")

    def _report_silence(self, now: float, consequence: str) -> None:
        if self._reported or now - self._last_command <= self.parameters["command_timeout"]:
            return
        self._reported = True
        words = f"no command for {now - self._last_command:.1f} s: {consequence}"
        # Two calls: a logger refuses another severity from the same place.
        if self._commands:
            self.get_logger().warning(words)
        else:
            self.get_logger().info(words)

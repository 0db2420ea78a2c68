"""Explorer: random pushes over the topics, to be recorded and learned from.

Trajectories of a few pushes, after each of which the service reset sets the object up anew; the next push comes when a
state after the last one's end is there. What is drawn, and what is kept, is the core's (``control.exploring``).
"""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import numpy as np
from diagnostic_msgs.msg import DiagnosticStatus
from geometry_msgs.msg import PoseStamped, Vector3Stamped
from hyperdynamics.msg import DetectedObjects
from nav_msgs.msg import Odometry
from numpy.typing import NDArray
from std_msgs.msg import String, UInt32

from hyperdynamics_core.control.exploring import Exploration, ExplorationError, ExploreConfig, PushBox
from hyperdynamics_ros.checks import check_detected_objects, check_odometry, check_pose, stamp_ns
from hyperdynamics_ros.command_stamps import STEP_NS, command_stamp, ready_after, stands_still
from hyperdynamics_ros.conversions.arrays import from_xyz
from hyperdynamics_ros.conversions.objects import box_of, nearest_object
from hyperdynamics_ros.conversions.states import displacement_message
from hyperdynamics_ros.explorer_parameters import TABLE
from hyperdynamics_ros.node import LATCHED, CheckedNode, NodeFailure
from hyperdynamics_ros.parameters import Parameters
from hyperdynamics_ros.resetting import Resetting
from hyperdynamics_ros.scene_words import SceneWords, check_scene, scene_words
from hyperdynamics_ros.synchronisation import Moment, StampBuffer, StateBuffer

WATCH_PERIOD = 0.05
"""Between two looks at the limits, s of wall time."""
READY_SECONDS = 120.0
"""For the graph to come up, s."""
LAST_WORDS = 1.0
"""Wall time from the last state to the node's end, in which a recorder hears that state too, s."""
FRESH = 0.25
"""Real time: states that arrive sooner after a reset may be of before it, s."""
REPORT_EVERY = 10
"""Trajectories between two lines in the log."""


class PushExplorer(CheckedNode):
    """See the module's docstring."""

    def __init__(self) -> None:
        super().__init__("push_explorer", TABLE)
        self._exploration = Exploration(config_of(self.parameters), np.random.default_rng(self.parameters["seed"]))
        self._buffer = StateBuffer(self._tolerance)
        self._objects: StampBuffer[Any] = StampBuffer(16)
        self._scene: SceneWords | None = None
        self._episode: int | None = None
        self._command: Any = None
        """The last command's message; None: nothing is under way."""
        self._answered, self._ready_at = -1, 0
        self._fresh_from = 0.0
        self._begun = self._heard = time.monotonic()
        self._listened_since: float | None = None
        self._unseen_since: float | None = None
        self._ends_at: float | None = None
        self._commands = self.talk(Vector3Stamped, "end_effector/displacement")
        self._resetting = Resetting(self, self.parameters["reset_timeout"])
        self._subscribe()
        self.every(WATCH_PERIOD, self._watch)

    @property
    def finished(self) -> bool:
        """See ``CheckedNode.finished``."""
        return self._ends_at is not None and time.monotonic() > self._ends_at

    def close(self) -> None:
        """Stop a push under way before the process ends, and say what was done."""
        if self._command is not None:
            self._commands.publish(displacement_message((0.0, 0.0, 0.0), stamp_ns(self._command.header.stamp)))
        self._commands.flush(0.5)
        self.get_logger().info(self._exploration.words())

    def health(self) -> tuple[bytes, str, dict[str, str]]:
        """See ``CheckedNode.health``."""
        values = {"pushes": str(self._exploration.pushes), "trajectories": str(self._exploration.trajectories)}
        values |= {f"given up: {reason}": str(count) for reason, count in self._exploration.given_up.items()}
        return DiagnosticStatus.OK, "setting up anew" if self._resetting.under_way else "pushing", values

    def clock_went_back(self) -> None:
        """See ``CheckedNode.clock_went_back``."""
        self._buffer.clear()
        self._objects.clear()
        self._ready_at = 0

    @property
    def _tolerance(self) -> int:
        return round(1e9 * self.parameters["sync_tolerance"])

    def _subscribe(self) -> None:
        def anything(message: Any) -> None:
            """Plain numbers and words have no rule."""

        add_odometry, add_end_effector = self._buffer.add_odometry, self._buffer.add_end_effector
        self.listen(Odometry, "object/odom", check_odometry, lambda m: self._on_state(add_odometry(m)))
        self.listen(PoseStamped, "end_effector/pose", check_pose, lambda m: self._on_state(add_end_effector(m)))
        self.listen(DetectedObjects, "objects", check_detected_objects, self._on_objects)
        self.listen(UInt32, "episode", anything, self._on_episode, LATCHED, ordered=False)
        self.listen(String, "scene", check_scene, self._on_scene, LATCHED, ordered=False)
        self.listen(String, "command_refused", anything, self._on_refused, ordered=False)

    # What is heard.

    def _on_state(self, moment: Moment | None) -> None:
        if moment is None:
            return
        self._heard = time.monotonic()
        if self._command is not None and moment[0] == self._answered and stands_still(self.now_ns(), moment[0]):
            self._commands.publish(self._command)  # a bridge that waits tells its state again: the command was lost
        self._go_on()

    def _on_objects(self, message: Any) -> None:
        self._objects.add(stamp_ns(message.header.stamp), message)
        self._go_on()

    def _on_scene(self, message: Any) -> None:
        self._scene = scene_words(message)
        self._go_on()

    def _on_episode(self, message: Any) -> None:
        if message.data == self._episode:
            return
        before, self._episode = self._episode, int(message.data)
        if before is not None:
            self._resetting.episode_began()

    def _on_refused(self, message: Any) -> None:
        if self._command is None or self._resetting.under_way:
            return
        self.get_logger().warning(f"the arm refused the command: {message.data}")
        self._exploration_of(partial(self._exploration.give_up, "refused by the arm"))
        self._set_up_anew()

    # One push after the other.

    def _watch(self) -> None:
        """What takes too long."""
        if self.finished or self._ends_at is not None:
            return
        if self._resetting.under_way:
            if self._resetting.look(self._episode is not None):
                self._begin()
            return
        silent, newest = time.monotonic() - self._heard, self._buffer.states.newest()
        limit = READY_SECONDS if newest is None and self._heard == self._begun else self.parameters["state_timeout"]
        if silent > limit:
            topics = "object/odom", "end_effector/pose"
            why = self.refusals(*topics, since=self._heard) or "look whether the bridge or driver runs"
            raise NodeFailure(f"no state on {' and '.join(topics)} for {silent:.0f} s; {why}")
        self._go_on()

    def _go_on(self) -> None:
        """Push as soon as everything is there that the next push takes."""
        newest = self._buffer.states.newest()
        if self._resetting.under_way or self._ends_at is not None or newest is None or newest[0] < self._ready_at:
            return
        fresh = time.monotonic() >= self._fresh_from or stands_still(self.now_ns(), newest[0])
        if not fresh or not self._listened_to():
            return
        box = self._box(newest[1])
        if box is not None or self._waited_enough(newest[1]):
            self._unseen_since = None
            self._decide(*newest, box)

    def _waited_enough(self, state: NDArray[np.float64]) -> bool:
        """Whether to go on without knowing where the object is: it lies on the floor, or nobody sees it."""
        now = time.monotonic()
        if self._unseen_since is None:
            self._unseen_since = now
        return self._exploration.spoiled(state) or now - self._unseen_since > self.parameters["objects_timeout"]

    def _listened_to(self) -> bool:
        """Whether the arm hears commands, and a recorder had the time to find them."""
        if not self._commands.wanted:
            return False
        if self._listened_since is None:
            self._listened_since = time.monotonic()
        return time.monotonic() - self._listened_since >= self.parameters["settle"]

    def _box(self, state: NDArray[np.float64]) -> PushBox | None:
        """What to aim at; None: not known yet."""
        if self.parameters["aim"] == "scene" and self.count_publishers("scene"):
            if self._scene is None or self._scene.episode != self._episode:
                return None
            if self._scene.box is not None:
                return self._scene.box
        seen = self._objects.newest()
        if seen is None or seen[0] < self._ready_at:
            return None
        positions = np.array([from_xyz(item.position) for item in seen[1].objects]).reshape(-1, 3)
        mine = nearest_object(positions, state, self.parameters["object_radius"])
        if mine is None:
            return None
        box = box_of(seen[1].objects[mine])
        half = (0.5 * float(box.size[0]), 0.5 * float(box.size[1]))
        return PushBox((float(box.centre[0]), float(box.centre[1])), half, turns=False)

    def _decide(self, stamp: int, state: NDArray[np.float64], box: PushBox | None) -> None:
        self._command = None
        push = self._exploration_of(lambda: self._exploration.next(state, box))
        if push is not None:
            self._send(push, stamp)
        elif self._exploration.finished:
            self._ends_at = time.monotonic() + LAST_WORDS
        else:
            self._set_up_anew()

    def _exploration_of(self, decide: Any) -> Any:
        try:
            return decide()
        except ExplorationError as error:
            raise NodeFailure(str(error)) from error

    def _send(self, push: NDArray[np.float64], stamp: int) -> None:
        commanded_at = command_stamp(self.now_ns(), stamp)
        self._answered, self._ready_at = stamp, ready_after(commanded_at)
        self._command = displacement_message(push, commanded_at)
        self._commands.publish(self._command)

    def _set_up_anew(self) -> None:
        newest = self._buffer.states.newest()
        self._command, self._answered, self._unseen_since = None, -1, None
        # Whatever is set up anew is so a step later at least: a state of before must not be taken for one of after.
        self._ready_at = STEP_NS + (0 if newest is None else newest[0])
        kept = self._exploration.trajectories
        if kept and kept % REPORT_EVERY == 0:
            self.get_logger().info(self._exploration.words())
        self._resetting.begin()

    def _begin(self) -> None:
        self._exploration.begin()
        self._heard = time.monotonic()
        self._fresh_from = self._heard + FRESH


def config_of(parameters: Parameters) -> ExploreConfig:
    """The core's configuration from the node's parameters."""
    return ExploreConfig(
        parameters["pushes"],
        parameters["steps"],
        parameters["table_half"],
        (parameters["base_x"], parameters["base_y"]),
        (parameters["reach_min"], parameters["reach_max"]),
        parameters["push_height"],
    )

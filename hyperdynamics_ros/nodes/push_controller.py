"""MPC controller for pushing: the action push_to.

Plans with the newest experts, pushes, looks again, until the goal is reached.

One thread serves all messages, so that a cancel stops the arm at once; planning runs beside it in a second one.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

import numpy as np
from geometry_msgs.msg import PoseStamped, Vector3Stamped
from hyperdynamics.action import PushTo
from hyperdynamics.msg import DetectedObjects, ExpertWeights
from nav_msgs.msg import Odometry
from rclpy.action import CancelResponse, GoalResponse
from std_msgs.msg import Bool, String, UInt32
from visualization_msgs.msg import MarkerArray

from hyperdynamics_core.control.commands import Command, Finished, ResultCode
from hyperdynamics_ros.checks import (
    MessageRefused,
    check_detected_objects,
    check_expert_weights,
    check_odometry,
    check_pose,
    check_push_goal,
)
from hyperdynamics_ros.command_limits import CommandLimits
from hyperdynamics_ros.command_stamps import command_stamp, ready_after, stands_still
from hyperdynamics_ros.controller_parameters import TABLE
from hyperdynamics_ros.conversions.markers import marker_array
from hyperdynamics_ros.conversions.states import displacement_message
from hyperdynamics_ros.goal_server import GoalServer
from hyperdynamics_ros.node import LATCHED, TRACKS, CheckedNode
from hyperdynamics_ros.push_inputs import Missing, PushInputs
from hyperdynamics_ros.push_session import PushSession
from hyperdynamics_ros.push_setup import make_task
from hyperdynamics_ros.synchronisation import Moment

WATCH_PERIOD = 0.05
"""Between two looks at the limits, s of wall time."""
LAST_WORD = 0.5
"""Longest wait for the arm's driver to hear the stop when the node ends, s."""

Answer = tuple[PushSession, int, Command | Finished]
"""Of the planner's thread: which goal, stamp of the moment, what to do."""


class PushController(CheckedNode):
    """See the module's docstring."""

    def __init__(self) -> None:
        super().__init__("mpc_controller", TABLE)
        tolerance = round(1e9 * self.parameters["sync_tolerance"])
        self._inputs = PushInputs(tolerance, self.parameters["object_radius"], self.parameters["level"])
        self._limits = CommandLimits(
            self.parameters["max_displacement"], self.parameters["workspace_half"], self.parameters["workspace_height"]
        )
        self._session: PushSession | None = None
        self._ready_at = 0
        """Stamp from which a state shows what the last command did, also that of a goal that was canceled, ns."""
        self._probed = False
        self._goals = 0
        self._last_result = "none yet"
        self._pool = ThreadPoolExecutor(1, "planner")
        self._answers: SimpleQueue[Future[Answer]] = SimpleQueue()
        self._planned = self.create_guard_condition(self._on_planned)
        self._commands = self.talk(Vector3Stamped, "end_effector/displacement")
        self._markers = self.talk(MarkerArray, "plan/markers")
        self._subscribe()
        self._server = GoalServer(self, PushTo, "push_to", self._on_goal, self._on_accepted, self._on_cancel)
        self._watching = self.every(WATCH_PERIOD, self._go_on)
        self._watching.cancel()  # until there is a goal: idle nodes shall not cost anything

    def close(self) -> None:
        """Stop the arm before the process ends."""
        self._stop_arm()
        self._commands.flush(LAST_WORD)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def health(self) -> tuple[bytes, str, dict[str, str]]:
        """See ``CheckedNode.health``."""
        level, _, _ = super().health()
        words = "idle" if self._session is None else f"goal {self._goals}"
        return level, words, {"goals": str(self._goals), "last_result": self._last_result}

    def clock_went_back(self) -> None:
        """See ``CheckedNode.clock_went_back``."""
        self._inputs.clear()
        self._ready_at = 0

    def _subscribe(self) -> None:
        def anything(message: Any) -> None:
            """Plain numbers and words have no rule."""

        states = self._inputs.states
        self.listen(Odometry, "object/odom", check_odometry, lambda m: self._on_state(states.add_odometry(m)), TRACKS)
        self.listen(
            PoseStamped, "end_effector/pose", check_pose, lambda m: self._on_state(states.add_end_effector(m)), TRACKS
        )
        self.listen(DetectedObjects, "objects", check_detected_objects, self._on_objects)
        self.listen(ExpertWeights, "expert_weights", check_expert_weights, self._on_experts, LATCHED)
        self.listen(Bool, "obstacle_contact", anything, self._on_contact, ordered=False)
        self.listen(UInt32, "episode", anything, self._on_episode, LATCHED, ordered=False)
        self.listen(String, "command_refused", anything, self._on_refused, ordered=False)

    def _on_state(self, moment: Moment | None) -> None:
        if moment is None:
            return
        self._inputs.heard_state()
        if self._session is not None and self._asks_again(self._session, moment[0]):
            self._commands.publish(self._session.command)
        self._go_on()

    def _asks_again(self, session: PushSession, stamp: int) -> bool:
        """Whether a bridge that waits tells the state again that the last command answers: that command was lost."""
        return stands_still(self.now_ns(), stamp) and session.answered == stamp

    def _on_objects(self, message: Any) -> None:
        self._inputs.add_objects(message)
        self._go_on()

    def _on_experts(self, message: Any) -> None:
        self._inputs.add_experts(message)
        self._go_on()

    def _on_contact(self, message: Any) -> None:
        self._inputs.contact = message.data

    def _on_refused(self, message: Any) -> None:
        if self._session is not None and self._session.commanded_at is not None:
            self._refused(self._session, message.data)

    def _refused(self, session: PushSession, reason: str) -> None:
        """The arm did not move: decide again from what it is like now, unless that goes on."""
        assert session.commanded_at is not None
        session.refusals, session.refused = session.refusals + 1, True
        self._ready_at = session.commanded_at
        if session.refusals > self.parameters["refusals"]:
            self._ready_at = 0
            self._finish(ResultCode.STALE_STATE, f"the arm refused the command: {reason}")
        else:
            self.get_logger().warning(f"the arm refused the command, trying again: {reason}")
            self._go_on()

    def _on_episode(self, message: Any) -> None:
        before = self._inputs.episode
        if message.data == before:
            return
        self._inputs.begin_episode(message.data)
        self._ready_at, self._probed = 0, False
        if before is not None:
            self._finish(ResultCode.CANCELED, "the scene was set up anew")

    # The action.

    def _on_goal(self, goal: Any) -> GoalResponse:
        if self._session is not None:
            self.get_logger().warning("push_to: goal refused, another one is being pursued; cancel that first")
            return GoalResponse.REJECT
        return GoalResponse.ACCEPT

    def _on_accepted(self, handle: Any) -> None:
        self._server.begin(handle)
        goal = handle.request
        self._goals += 1
        task = make_task(goal, self.parameters, self._goals, self._probed)
        self._session = PushSession(handle, task, self.parameters["object_position"] == "detected")
        self._watching.reset()
        newest = self._inputs.states.states.newest()
        self._ready_at = max(self._ready_at, 0 if newest is None else newest[0])
        try:
            check_push_goal(goal, task.workspace.goal_half)
        except MessageRefused as refusal:
            self._finish(ResultCode.INVALID_GOAL, str(refusal))
            return
        self._go_on()

    def _on_cancel(self, handle: Any) -> CancelResponse:
        self._finish(ResultCode.CANCELED, "canceled by the client")
        return CancelResponse.ACCEPT

    # One step after the other.

    def _go_on(self) -> None:
        """Decide as soon as everything that belongs to one moment is there; end the goal if it takes too long."""
        session = self._session
        if session is None or session.planning:
            return
        limits = {missing: self.parameters[missing.parameter] for missing in Missing}
        moment = self._inputs.newest(self._ready_at, session.task.wants_view, limits)
        if isinstance(moment, Missing):
            if session.wait_for(moment) > limits[moment]:
                refusals = self.refusals(*moment.topics, since=self._inputs.heard[moment])
                self._finish(moment.code, refusals or moment.words(limits[moment]))
            return
        observation = session.observe(moment, self._inputs.contact)
        session.planning = True
        future = self._pool.submit(_update, session, moment.stamp, observation)
        future.add_done_callback(self._hand_over)

    def _hand_over(self, future: Future[Answer]) -> None:
        """In the planner's thread: pass the answer to the executor's."""
        self._answers.put(future)
        self._planned.trigger()

    def _on_planned(self) -> None:
        """The planner's thread has answers."""
        while not self._answers.empty():
            self._take(*self._answers.get().result())

    def _take(self, session: PushSession, stamp: int, answer: Command | Finished) -> None:
        session.planning = False
        if session is not self._session:
            return
        self._probed = self._probed or session.task.probing_done
        session.handle.publish_feedback(session.feedback())
        if self._markers.wanted:
            self._markers.publish(marker_array(session.markers(stamp)))
        if isinstance(answer, Command):
            self._send(session, answer, stamp)
        else:
            self._finish_with(answer)

    def _send(self, session: PushSession, command: Command, stamp: int) -> None:
        try:
            self._limits.check(np.asarray(command.displacement), session.tip)
        except MessageRefused as refusal:
            self._finish(ResultCode.NO_PLAN, f"not sent to the arm: {refusal}")
            return
        session.refusals, session.refused = session.refusals if session.refused else 0, False
        session.answered = stamp
        session.commanded_at = command_stamp(self.now_ns(), stamp)
        self._ready_at = ready_after(session.commanded_at)
        session.command = displacement_message(command.displacement, session.commanded_at)
        self._commands.publish(session.command)

    def _stop_arm(self) -> None:
        session = self._session
        if session is not None and session.commanded_at is not None:
            self._commands.publish(displacement_message((0.0, 0.0, 0.0), session.commanded_at))

    def _finish(self, code: ResultCode, message: str) -> None:
        """End the goal from outside of the task: the arm is stopped first."""
        if self._session is None:
            return
        self._stop_arm()
        task = self._session.task
        self._finish_with(Finished(code, message, task.distance, task.pushes))

    def _finish_with(self, finished: Finished) -> None:
        session, self._session = self._session, None
        assert session is not None
        self._watching.cancel()
        self._last_result = f"{finished.code.name}: {finished.message}"
        self.get_logger().info(f"goal {self._goals} ended with {self._last_result}")
        canceled = finished.code is ResultCode.CANCELED
        self._server.end(session.handle, PushSession.result(finished), finished.success, canceled)


def _update(session: PushSession, stamp: int, observation: Any) -> Answer:
    """Runs in the planner's thread."""
    return session, stamp, session.task.update(observation)

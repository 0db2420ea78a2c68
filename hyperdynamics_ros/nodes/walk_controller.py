"""MPC controller for legs: the action walk. Plans at every step with the expert of that step.

lockstep: a state waits for the expert of its own history (same stamp), however long; realtime: the newest expert is
taken, a late one for a stated time, then torques are zero. Whatever ends a goal, the torques are set to zero first.
Planning takes some milliseconds and runs in the node's only thread: a cancel waits for one plan at most.
"""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import numpy as np
from diagnostic_msgs.msg import DiagnosticStatus
from hyperdynamics.action import Walk
from hyperdynamics.msg import ControlStatistics, ExpertWeights
from nav_msgs.msg import Odometry
from rclpy.action import CancelResponse, GoalResponse
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray, String, UInt32

from hyperdynamics_core.control.walk_goal import WalkCode, WalkCommand, WalkFinished
from hyperdynamics_core.systems.legged import LEGGED
from hyperdynamics_ros.checks import (
    MessageRefused,
    check_base_odometry,
    check_expert_weights,
    check_legged_joints,
    check_walk_goal,
    stamp_ns,
)
from hyperdynamics_ros.conversions.commands import stamped_numbers
from hyperdynamics_ros.goal_server import GoalServer
from hyperdynamics_ros.legged_states import LeggedStates, Sample
from hyperdynamics_ros.legged_steps import EARLY
from hyperdynamics_ros.node import LATCHED, NEWEST, CheckedNode
from hyperdynamics_ros.walk_figures import values_of
from hyperdynamics_ros.walk_parameters import TABLE
from hyperdynamics_ros.walk_session import WalkSession, result_message

WATCH_PERIOD = 0.05
"""Between two looks at the limits, s of wall time."""
STATISTICS_PERIOD = 1.0
"""Between two messages with statistics during a walk, s of wall time."""
LAST_WORD = 0.5
"""Longest wait for the robot's driver to hear the zero torques when the node ends, s."""


class WalkController(CheckedNode):
    """See the module's docstring."""

    def __init__(self) -> None:
        super().__init__("mpc_controller", TABLE)
        self._system = LEGGED[self.parameters["system"]]
        self._limits = np.array(self._system.max_torques)
        self._lockstep = self.parameters["mode"] == "lockstep"
        self._pace = round(1e9 * self._system.dt * (1.0 - EARLY))
        self._states = LeggedStates(self._system, round(1e9 * self.parameters["sync_tolerance"]))
        self._session: WalkSession | None = None
        self._newest: Sample | None = None
        self._heard = self._arrived = -float("inf")
        """When a state came last, and when the newest one came first, s of wall time."""
        self._answered = -1
        """Stamp of the newest state that a command answered, ns."""
        self._last_command: Any = None
        self._experts: Any = None
        """The newest ExpertWeights; made a bank of when it is used."""
        self._experts_stamp = -1
        self._experts_heard = 0.0
        """When they came, s of the system's clock."""
        self._episode: int | None = None
        self._goals, self._last_result = 0, "none yet"
        self._statistics: Any = None
        self._commands = self.talk(Float64MultiArray, "effort_controller/commands")
        self._statistics_topic = self.talk(ControlStatistics, "control_statistics")
        self._subscribe()
        self._server = GoalServer(self, Walk, "walk", self._on_goal, self._on_accepted, self._on_cancel)
        self._watching = self.every(WATCH_PERIOD, self._watch)
        self._watching.cancel()  # until there is a goal: idle nodes shall not cost anything
        self._next_statistics = self._next_report = 0.0

    def close(self) -> None:
        """Let the robot go limp before the process ends."""
        if self._session is not None:
            self._zero_torques()
            self._commands.flush(LAST_WORD)

    def health(self) -> tuple[bytes, str, dict[str, str]]:
        """See ``CheckedNode.health``."""
        values = {"goals": str(self._goals), "last_result": self._last_result}
        if self._statistics is not None:
            values |= values_of(self._statistics)
        session = self._session
        if session is None:
            return DiagnosticStatus.OK, "idle", values
        if session.note or session.waiting_since is not None:
            return DiagnosticStatus.WARN, session.note or "waiting for the expert of the newest state", values
        return DiagnosticStatus.OK, f"goal {self._goals}", values

    def clock_went_back(self) -> None:
        """See ``CheckedNode.clock_went_back``."""
        self._states.clear()
        self._newest, self._answered, self._experts, self._experts_stamp = None, -1, None, -1
        # A goal without a step has seen nothing of the time that is no more; several topics may tell of one jump.
        if self._session is not None and self._session.task.steps > 0:
            self._finish(WalkCode.STALE_STATE, "the clock went back; send the goal again")
        elif self._session is not None:
            self._session.waiting_since = None

    def _subscribe(self) -> None:
        check_joints = partial(check_legged_joints, system=self._system)
        self.listen(
            JointState, "joint_states", check_joints, lambda m: self._on_sample(self._states.add_joints(m)), NEWEST
        )
        self.listen(
            Odometry, "odom", check_base_odometry, lambda m: self._on_sample(self._states.add_odometry(m)), NEWEST
        )
        self.listen(ExpertWeights, "expert_weights", self._check_experts, self._on_experts, LATCHED)
        self.listen(UInt32, "episode", lambda message: None, self._on_episode, LATCHED, ordered=False)
        self.listen(String, "command_refused", lambda message: None, self._on_refused, ordered=False)

    def _check_experts(self, message: Any) -> None:
        check_expert_weights(message)
        if message.system != self._system.name or len(message.yaws) != 1:
            raise MessageRefused(
                "system",
                repr(message.system),
                f"must be {self._system.name!r}, one expert alone",
                "start hypernetwork and controller for one robot",
            )

    # What comes in.

    def _on_sample(self, sample: Sample | None) -> None:
        if sample is None:
            return
        self._heard = time.monotonic()
        if not sample.repeated:
            self._newest, self._arrived = sample, self._heard
        elif sample.stamp == self._answered and self._session is not None:
            # The bridge still waits: the command was lost before it had heard of this node.
            self._commands.publish(self._last_command)
        self._go_on()

    def _on_experts(self, message: Any) -> None:
        self._experts, self._experts_stamp = message, stamp_ns(message.header.stamp)
        self._experts_heard = time.time()
        if self._lockstep:
            self._go_on()

    def _on_episode(self, message: Any) -> None:
        before, self._episode = self._episode, message.data
        if before not in (None, message.data):
            self._finish(WalkCode.CANCELED, "the episode was set up anew")

    def _on_refused(self, message: Any) -> None:
        words = f"the robot refused a command: {message.data}"
        if self._lockstep:
            self._finish(WalkCode.STALE_STATE, words)
        elif self._session is not None:
            # It comes to nothing worse than a missed step: the robot holds the last command for a short while.
            self._session.note = words

    # The action.

    def _on_goal(self, goal: Any) -> GoalResponse:
        if self._session is not None:
            self.get_logger().warning("walk: goal refused, another one is being walked; cancel that first")
            return GoalResponse.REJECT
        return GoalResponse.ACCEPT

    def _on_accepted(self, handle: Any) -> None:
        self._server.begin(handle)
        self._goals += 1
        self._session = WalkSession.make(handle, self.parameters, self._goals)
        self._watching.reset()
        now = time.monotonic()
        if now - self._heard > self.parameters["state_timeout"]:
            self._newest = None  # of a robot that has fallen silent; it has the whole time-out to speak again
        self._heard = self._arrived = now
        self._next_statistics = self._heard + STATISTICS_PERIOD
        self._next_report = self._heard + self.parameters["report_period"]
        try:
            check_walk_goal(handle.request)
        except MessageRefused as refusal:
            self._finish(WalkCode.INVALID_GOAL, str(refusal))
            return
        self._go_on()

    def _on_cancel(self, handle: Any) -> CancelResponse:
        self._finish(WalkCode.CANCELED, "canceled by the client")
        return CancelResponse.ACCEPT

    # One step after the other.

    def _go_on(self) -> None:
        """Answer the newest state if it is due and, in lockstep, its expert is there."""
        session, sample = self._session, self._newest
        if session is None or sample is None:
            return
        if sample.stamp <= self._answered or (not self._lockstep and sample.stamp < self._answered + self._pace):
            return
        if self._lockstep and self._experts_stamp != sample.stamp:
            session.waiting_since = session.waiting_since or time.monotonic()
            return
        session.waiting_since = None
        self._take(session, sample, session.update(sample, self._experts, self._experts_stamp))

    def _take(self, session: WalkSession, sample: Sample, answer: WalkCommand | WalkFinished) -> None:
        if isinstance(answer, WalkFinished):
            self._finish_with(answer)
            return
        self._answered = sample.stamp
        self._last_command = stamped_numbers(answer.action.double().numpy() * self._limits, sample.stamp)
        self._commands.publish(self._last_command)
        session.figures.commanded(time.monotonic() - self._arrived)
        if self._experts_stamp == sample.stamp:
            session.figures.staged(self._experts.trace, self._experts_heard)
        if session.feedback_due():
            session.handle.publish_feedback(session.feedback())

    def _watch(self) -> None:
        """Limits and reports, on wall time."""
        session = self._session
        if session is None:
            return
        now = time.monotonic()
        silent, waits = now - self._heard, now - (session.waiting_since or now)
        if silent > self.parameters["state_timeout"]:
            self._finish(WalkCode.STALE_STATE, self._why_no_state(silent))
        elif not self._lockstep and silent > self.parameters["state_hold"]:
            session.note = "no state: the torques are zero"
            self._zero_torques()
        elif waits > self.parameters["expert_timeout"]:
            self._finish(WalkCode.STALE_EXPERT, self._why_no_expert(waits))
        elif now >= self._next_statistics:
            self._report(session, now)

    def _why_no_state(self, seconds: float) -> str:
        words = f"nothing on joint_states and odom for {seconds:.1f} s; look whether the bridge or driver runs"
        return self.refusals("joint_states", "odom", since=self._heard) or words

    def _why_no_expert(self, seconds: float) -> str:
        words = f"no expert for the newest state for {seconds:.1f} s"
        words = f"{words}; look whether hypernetwork and interaction_encoder run with one model"
        return self.refusals("expert_weights", since=time.monotonic() - seconds) or words

    def _report(self, session: WalkSession, now: float) -> None:
        self._next_statistics = now + STATISTICS_PERIOD
        self._statistics = session.figures.message(max(self._answered, 0))
        self._statistics_topic.publish(self._statistics)
        if now >= self._next_report:
            self._next_report = now + self.parameters["report_period"]
            self.get_logger().info(session.figures.words())
            if session.note:
                self.get_logger().warning(session.note)

    def _zero_torques(self) -> None:
        self._commands.publish(stamped_numbers(np.zeros(len(self._limits)), None))

    def _finish(self, code: WalkCode, message: str) -> None:
        """End the goal from outside of the task."""
        if self._session is not None:
            task = self._session.task
            duration = 0.0 if task.steps == 0 else task.duration
            self._finish_with(WalkFinished(code, message, task.position, duration, task.total_return, task.steps))

    def _finish_with(self, finished: WalkFinished) -> None:
        session, self._session = self._session, None
        assert session is not None
        self._watching.cancel()
        self._zero_torques()
        self._last_result = f"{finished.code.name}: {finished.message}"
        self._statistics = session.figures.message(max(self._answered, 0))
        self._statistics_topic.publish(self._statistics)
        self.get_logger().info(f"goal {self._goals} ended with {self._last_result}; {session.figures.words()}")
        session.handle.publish_feedback(session.feedback())
        canceled = finished.code is WalkCode.CANCELED
        self._server.end(session.handle, result_message(finished), finished.success, canceled)

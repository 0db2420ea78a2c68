"""A client of the running node graph: sets up scenes, sends goals, records what is said."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import rclpy
from action_msgs.msg import GoalStatus
from geometry_msgs.msg import PoseStamped, Vector3Stamped
from hyperdynamics.action import PushTo
from nav_msgs.msg import Odometry
from rclpy.executors import SingleThreadedExecutor
from rclpy.parameter import Parameter
from rclpy.parameter_client import AsyncParameterClient
from rclpy.signals import SignalHandlerOptions
from std_msgs.msg import String, UInt32
from std_srvs.srv import Trigger
from visualization_msgs.msg import MarkerArray

from hyperdynamics_cli.demo.goal_client import GoalClient
from hyperdynamics_cli.demo.marker_paths import overlay_of
from hyperdynamics_cli.demo.recording import Feedback, Recording
from hyperdynamics_cli.demo.scenes import parse_episode
from hyperdynamics_cli.drawing.records import PushRecord
from hyperdynamics_core.control.commands import ResultCode
from hyperdynamics_ros.checks.rules import stamp_ns
from hyperdynamics_ros.conversions.arrays import from_xyz
from hyperdynamics_ros.conversions.states import pose_message
from hyperdynamics_ros.node import LATCHED
from hyperdynamics_ros.synchronisation import Moment, StateBuffer

BRIDGE = "pybullet_bridge"
PHASES = {0: "waiting", 1: "probing", 2: "pushing", 3: "stopped"}
SYNC_TOLERANCE = 20_000_000
"""Greatest difference of the stamps of one state's parts, ns."""
_SPIN = 0.02


class GraphError(RuntimeError):
    """The graph does not do what it should: what, and where to look."""


class GraphClient:
    """See the module's docstring. One thread: everything happens inside ``wait``."""

    def __init__(self, check: Callable[[], None], bridge: str = BRIDGE) -> None:
        """check is called all the time while waiting and raises when the graph has failed.

        bridge: name of the node that sets up scenes.
        """
        self.node = rclpy.create_node("push_client")
        self.recording: Recording | None = None
        self._check = check
        self._episode = 0
        self._scene = ""
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self.node)
        self._buffer = StateBuffer(SYNC_TOLERANCE)
        self.bridge = bridge
        self._bridge = AsyncParameterClient(self.node, bridge)
        self._reset: Any = self.node.create_client(Trigger, "reset")
        self._push = GoalClient(self.node, PushTo, "push_to", self.wait)
        add_odometry, add_end_effector = self._buffer.add_odometry, self._buffer.add_end_effector
        self.node.create_subscription(Odometry, "object/odom", lambda m: self._on_state(add_odometry(m)), 50)
        self.node.create_subscription(
            PoseStamped, "end_effector/pose", lambda m: self._on_state(add_end_effector(m)), 50
        )
        self.node.create_subscription(Vector3Stamped, "end_effector/displacement", self._on_command, 50)
        self.node.create_subscription(MarkerArray, "plan/markers", self._on_markers, 10)
        self.node.create_subscription(UInt32, "episode", self._on_episode, LATCHED)
        self.node.create_subscription(String, "scene", self._on_scene, LATCHED)

    def wait(self, done: Callable[[], bool], seconds: float, what: str) -> None:
        """Let messages come in until something is done.

        Raises:
            GraphError: it is not done in time.
        """
        until = time.monotonic() + seconds
        while not done():
            if time.monotonic() > until:
                raise GraphError(f"{what} did not come within {seconds:.0f} s")
            self._executor.spin_once(_SPIN)
            self._check()

    def wait_until_ready(self, seconds: float, bridge: bool = True) -> None:
        """Wait for the bridge's services and the controller's action."""
        if bridge:
            self.wait(self._bridge.services_are_ready, seconds, f"the parameters of {self.bridge}")
            self.wait(self._reset.service_is_ready, seconds, "the service reset of the bridge")
        self._push.connect(seconds)

    def set_up_scene(self, settings: Mapping[str, Any], seconds: float = 60.0) -> dict[str, Any]:
        """Give the bridge its parameters and a new episode; returns its words about it.

        Raises:
            GraphError: a parameter or the reset was refused.
        """
        values = [Parameter(name, value=value).to_parameter_msg() for name, value in settings.items()]
        answer = self._result(self._bridge.set_parameters(values), seconds, "the bridge's answer to its parameters")
        for name, result in zip(settings, answer.results, strict=True):
            if not result.successful:
                raise GraphError(f"the bridge refused {name} = {settings[name]!r}: {result.reason}")
        return self.new_scene(seconds)

    def new_scene(self, seconds: float = 60.0) -> dict[str, Any]:
        """Let the bridge draw a new episode; returns its words about it.

        Raises:
            GraphError: refused, or no answer.
        """
        self._buffer.clear()
        response = self._result(self._reset.call_async(Trigger.Request()), seconds, "the bridge's answer to reset")
        if not response.success:
            raise GraphError(f"the bridge refused the scene: {response.message}")
        words = parse_episode(response.message)
        self.wait(lambda: self._episode == words["episode"], seconds, "the topic episode")
        self._settle()  # the controller must know of the new episode before it gets a goal
        return words

    def present_scene(self, seconds: float = 30.0) -> dict[str, Any]:
        """The bridge's words about the episode that is there.

        Raises:
            GraphError: none came.
        """
        self.wait(lambda: self._scene != "", seconds, "the topic scene")
        return parse_episode(self._scene)

    def push_to(
        self, recording: Recording, tolerance: float, max_steps: int, tell: Callable[[Feedback], None], seconds: float
    ) -> Any:
        """Send a goal and record until its result comes.

        Args:
            recording: takes what is heard.
            tolerance: distance that counts as reached, m.
            max_steps: pushes at most; 0: the controller's default.
            tell: gets every feedback.
            seconds: wall time for all.

        Returns:
            The action's result message.

        Raises:
            GraphError: no answer in time, or the goal was not accepted.
        """
        # The first push may come before the state that it starts from is told again.
        newest = self._buffer.states.newest()
        if newest is not None:
            recording.states.setdefault(*newest)
        self.recording = recording

        phase = PHASES[1]  # until the controller says otherwise, pushes are probes

        def on_feedback(message: Any) -> None:
            nonlocal phase
            feedback = feedback_of(message.feedback, phase)
            phase = feedback.phase
            recording.feedback[recording.newest] = feedback
            tell(feedback)

        goal = PushTo.Goal(goal=pose_message((*recording.goal, 0.0), (0.0, 0.0, 0.0, 1.0), 0))
        goal.tolerance, goal.max_steps, goal.probe_again = tolerance, max_steps, True
        handle = self._push.send(goal, on_feedback)
        if not handle.accepted:
            raise GraphError(f"the controller did not accept the goal {recording.goal}")
        try:
            answer = self._result(handle.get_result_async(), seconds, "the result of the goal")
        except GraphError:
            handle.cancel_goal_async()
            raise
        self._settle()
        self.recording = None
        if answer.status == GoalStatus.STATUS_UNKNOWN:
            raise GraphError("the controller has forgotten the goal; was it started again?")
        return answer.result

    def _settle(self) -> None:
        """Let the messages of the last moment come in."""
        until = time.monotonic() + 0.3
        while time.monotonic() < until:
            self._executor.spin_once(_SPIN)

    def _result(self, future: Any, seconds: float, what: str) -> Any:
        self.wait(future.done, seconds, what)
        return future.result()

    def _on_episode(self, message: Any) -> None:
        self._episode = int(message.data)

    def _on_scene(self, message: Any) -> None:
        self._scene = str(message.data)

    def _on_state(self, moment: Moment | None) -> None:
        if self.recording is not None and moment is not None:
            self.recording.states.setdefault(*moment)

    def _on_command(self, message: Any) -> None:
        if self.recording is not None:
            stamp = stamp_ns(message.header.stamp) or self.recording.newest
            self.recording.commands[stamp] = np.asarray(from_xyz(message.vector))

    def _on_markers(self, message: Any) -> None:
        if self.recording is not None:
            stamp, overlay = overlay_of(message)
            self.recording.overlays[stamp or self.recording.newest] = overlay


def feedback_of(message: Any, phase_before: str) -> Feedback:
    """A feedback message in plain values; the push it tells of began in the phase that held before it."""
    phase = PHASES.get(int(message.phase), "waiting")
    push = PushRecord(
        int(message.step),
        phase_before,
        float(message.distance),
        float(message.predicted_motion),
        float(message.real_motion),
        float(message.planning_ms),
    )
    return Feedback(phase, push if message.step else None, float(message.distance))


def result_name(code: int) -> str:
    """Name of a result code of action/PushTo.action, in words."""
    known = {int(member): member.name for member in ResultCode}
    return known.get(code, f"code {code}").lower().replace("_", " ")


def start_ros(arguments: Sequence[str] = ()) -> None:
    """Start rclpy without its signal handlers: Ctrl-C stays an exception."""
    rclpy.init(args=list(arguments), signal_handler_options=SignalHandlerOptions.NO)


def stop_ros(client: GraphClient | None) -> None:
    """End the client before the nodes, so that it does not wait for them."""
    if client is not None:
        client.node.destroy_node()
    rclpy.try_shutdown()

"""Executable ``walk_client`` of the launch file: sends one walk to the controller, reports it, ends with it.

Its parameters are those of the launch file: distance (m), duration (s of the robot's time), timeout (s of wall time).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from hyperdynamics_cli.demo.goal_client import GoalClient
from hyperdynamics_ros.environment import prepare_environment

READY_SECONDS = 120.0
"""For the graph to come up."""
SPIN = 0.05
"""Longest wait between two looks at what is done, s."""
CANCEL_SECONDS = 1.0
"""Longest wait for the answer to a cancel: whoever cancels has waited enough, and the controller may be gone."""
TOLD_EVERY = 1.0
"""Between two lines about the walk, s of wall time."""


class WalkError(RuntimeError):
    """The graph does not do what it should: what, and where to look."""


class WalkClient:
    """A client of the action ``walk``. One thread: everything happens inside ``wait``."""

    def __init__(self, node: Any, check: Callable[[], None] = lambda: None) -> None:
        """check is called all the time while waiting and raises when the graph has failed."""
        from hyperdynamics.action import Walk
        from rclpy.executors import SingleThreadedExecutor

        self.node, self._check, self._kind = node, check, Walk
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(node)
        self._action = GoalClient(node, Walk, "walk", self.wait)

    def wait(self, done: Callable[[], bool], seconds: float, what: str) -> None:
        """Let messages come in until something is done.

        Raises:
            WalkError: it is not done in time.
        """
        until = time.monotonic() + seconds
        while not done():
            if time.monotonic() > until:
                raise WalkError(f"{what} did not come within {seconds:.0f} s")
            self._executor.spin_once(SPIN)
            self._check()

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        """Wait for the controller's action."""
        self._action.connect(seconds)

    def walk(self, distance: float, duration: float, tell: Callable[[Any], None], seconds: float) -> Any:
        """Send a goal and wait for its result; whatever ends the wait (Ctrl-C, a failure of the graph) cancels it.

        Args:
            distance: m; 0: walk for the duration.
            duration: of the robot's own time, s; 0: no limit.
            tell: gets every feedback message.
            seconds: wall time for all.

        Returns:
            The action's result message.

        Raises:
            WalkError: not accepted, or no answer in time.
        """
        goal = self._kind.Goal(distance=distance, duration=duration)
        handle = self._action.send(goal, lambda message: tell(message.feedback))
        if not handle.accepted:
            raise WalkError("the controller did not accept the goal; does it walk another one?")
        result = handle.get_result_async()
        try:
            self.wait(result.done, seconds, "the result of the walk")
        except BaseException:
            with suppress(Exception):  # whatever goes wrong here must not hide why the wait has ended
                self._cancel(handle)
            raise
        return result.result().result

    def _cancel(self, handle: Any) -> None:
        """Ask for the goal's end; nobody is asked who is gone, and nobody waited for who does not answer."""
        if not self._action.server_is_ready():
            return
        canceled, until = handle.cancel_goal_async(), time.monotonic() + CANCEL_SECONDS
        while not canceled.done() and self._action.server_is_ready() and time.monotonic() < until:
            self._executor.spin_once(SPIN)


def main() -> NoReturn:
    """Run until the walk's end, Ctrl-C or a failure. Exit code 0: walked as asked; 1: not."""
    prepare_environment()
    try:
        code = _run()
    except KeyboardInterrupt:
        code = 0
    except (WalkError, ValueError) as error:
        print(f"walk_client: error: {error}", file=sys.stderr)
        code = 1
    sys.exit(code)


def _run() -> int:
    import rclpy
    from rclpy.signals import SignalHandlerOptions

    rclpy.init(args=sys.argv, signal_handler_options=SignalHandlerOptions.NO)
    node = rclpy.create_node("walk_client")
    try:
        return _walk(node)
    finally:
        node.destroy_node()
        rclpy.try_shutdown()


def _walk(node: Any) -> int:
    from hyperdynamics_ros.checks.legged import MAX_WALK
    from hyperdynamics_ros.parameters import Parameter, Parameters

    table = (
        Parameter("distance", 0.0, "To walk along x.", "m", 0.0, MAX_WALK),
        Parameter("duration", 5.0, "Of the robot's own time at most.", "s", 0.0, MAX_WALK),
        Parameter("timeout", 3600.0, "Wall time for all.", "s", 1.0),
    )
    parameters = Parameters(node, table)
    distance, duration, timeout = (parameters[line.name] for line in table)
    client = WalkClient(node)
    client.wait_until_ready()
    result = client.walk(distance, duration, Teller(lambda line: print(line, flush=True)), timeout)
    words = (
        f"{result.distance:.2f} m in {result.duration:.2f} s, return {result.total_return:.1f}, {result.steps} steps"
    )
    print(f"{'walked' if result.success else 'ended'}: {words} ({result.message})", flush=True)
    return 0 if result.success else 1


class Teller:
    """Puts feedback into words, a line a second."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say, self._next = say, 0.0

    def __call__(self, feedback: Any) -> None:
        """One feedback message."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + TOLD_EVERY
        self._say(
            f"step {feedback.step}: {feedback.position:.2f} m, {feedback.speed:.2f} m/s, "
            f"return {feedback.total_return:.1f}, {feedback.control_rate:.1f} Hz, "
            f"planning {feedback.planning_ms:.1f} ms"
        )


if __name__ == "__main__":
    main()

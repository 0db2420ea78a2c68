"""An action's goals that the node's own callbacks pursue, in its one thread, instead of one long callback of theirs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from rclpy.action import ActionServer, CancelResponse, GoalResponse
from rclpy.node import Node

RESULT_KEPT = 60
"""How long a client may take to fetch a result, s."""


class GoalServer(ActionServer):
    """A goal is executing from ``begin`` to ``end``, and clients see it so.

    rclpy knows only goals that a callback executes from beginning to end, in a thread that it occupies meanwhile.
    """

    def __init__(
        self, node: Node, action: type, name: str, on_goal: Callable[[Any], GoalResponse],
        on_accepted: Callable[[Any], None], on_cancel: Callable[[Any], CancelResponse],
    ) -> None:  # fmt: skip
        """on_goal, on_cancel: whether to accept. on_accepted: gets the handle, and must call ``begin``."""
        super().__init__(
            node, action, name, execute_callback=lambda handle: None, goal_callback=on_goal,
            handle_accepted_callback=on_accepted, cancel_callback=on_cancel, result_timeout=RESULT_KEPT,
        )  # fmt: skip

    def begin(self, handle: Any) -> None:
        """The goal is being pursued."""
        handle.execute()

    def end(self, handle: Any, result: Any, success: bool, canceled: bool) -> None:
        """The goal has come to its end, the executor tells it next; canceled counts where the client asked for it."""
        super().notify_execute(handle, partial(_close, result=result, success=success, canceled=canceled))

    def notify_execute(self, goal_handle: Any, execute_callback: Any) -> None:
        """Of rclpy: called by ``handle.execute`` to have the whole goal executed, which is not what happens here."""


def _close(handle: Any, result: Any, success: bool, canceled: bool) -> Any:
    if canceled and handle.is_cancel_requested:
        handle.canceled()
    elif success:
        handle.succeed()
    else:
        handle.abort()
    return result

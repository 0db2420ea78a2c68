"""A client of an action whose goals arrive, also where client and server came up in the same moment.

Fast DDS now and then leaves two ends, made while the other process came up, matched on one side alone: the client finds
the server ready, but nothing it sends ever arrives, however long one waits. Ends that are made once both processes know
each other are found. So the client is made anew before the first goal, and again where a goal stays unanswered.

It may be the answer that got lost: the goal is being pursued, and sent anew it would be pursued twice. So a goal keeps
its id, with which the server refuses it the second time; the action's status tells such a refusal from a real one.
"""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Callable
from typing import Any

ANSWER_SECONDS = 10.0
"""Wait for a server's answer to a goal before the client is made anew and the goal sent again."""
ATTEMPTS = 3
"""Times that a goal is sent."""
LOST_SECONDS = 1.0
"""Wait for the answer to a goal that the status shows already: longer than this, and it got lost."""
SETTLE_SECONDS = 0.5
"""Between a server that is found and the goal: the server may not have found the client yet."""

Wait = Callable[[Callable[[], bool], float, str], object]
"""Lets messages come in until something is done; seconds and words for the error that it raises where it is not."""


class GoalClient:
    """Sends goals from one thread."""

    def __init__(self, node: Any, kind: Any, name: str, wait: Wait) -> None:
        """kind: the action's type. wait: see ``Wait``; must spin the node."""
        from action_msgs.msg import GoalStatusArray
        from rclpy.qos import qos_profile_action_status_default

        self._node, self._kind, self._name, self._wait = node, kind, name, wait
        self._client: Any = self._make()
        self._pursued: dict[bytes, float] = {}
        """When the status first showed a goal, by its id; monotonic time, s."""
        topic = f"{name}/_action/status"
        node.create_subscription(GoalStatusArray, topic, self._on_status, qos_profile_action_status_default)

    def server_is_ready(self) -> bool:
        """Whether the server is found."""
        return bool(self._client.server_is_ready())

    def connect(self, seconds: float) -> None:
        """Find the server, and again with a client that is made now; whatever wait raises where it is not found."""
        what = f"the action {self._name} of the controller"
        self._wait(self.server_is_ready, seconds, what)
        self._client.destroy()
        self._client = self._make()
        self._wait(self.server_is_ready, seconds, what)
        settled = time.monotonic() + SETTLE_SECONDS
        self._wait(lambda: time.monotonic() > settled, seconds, "the client's settling")

    def send(self, goal: Any, on_feedback: Callable[[Any], None]) -> Any:
        """The goal's handle, accepted or not; whatever wait raises where no answer comes."""
        goal_id = self._kind.Impl.SendGoalService.Request().goal_id
        goal_id.uuid = list(uuid.uuid4().bytes)
        future = self._client.send_goal_async(goal, on_feedback, goal_id)
        for _ in range(ATTEMPTS - 1):
            if self._answered(future, goal_id):
                break
            self.connect(ANSWER_SECONDS)
            future = self._client.send_goal_async(goal, on_feedback, goal_id)
        self._wait(future.done, ANSWER_SECONDS, "the controller's answer to the goal")
        return self._handle(future.result(), goal_id)

    def _answered(self, future: Any, goal_id: Any) -> bool:
        until = time.monotonic() + ANSWER_SECONDS

        def lost() -> bool:
            shown = self._pursued.get(bytes(goal_id.uuid), math.inf)
            return time.monotonic() > min(until, shown + LOST_SECONDS)

        self._wait(lambda: future.done() or lost(), 2 * ANSWER_SECONDS, "the controller's answer")
        return bool(future.done())

    def _handle(self, answered: Any, goal_id: Any) -> Any:
        """What was answered; but a goal that is pursued was accepted, and refused only when it was sent again."""
        from rclpy.action.client import ClientGoalHandle

        if answered.accepted or bytes(goal_id.uuid) not in self._pursued:
            return answered
        accepted = self._kind.Impl.SendGoalService.Response(accepted=True)
        return ClientGoalHandle(self._client, goal_id, accepted)

    def _on_status(self, message: Any) -> None:
        for status in message.status_list:
            self._pursued.setdefault(bytes(status.goal_info.goal_id.uuid), time.monotonic())

    def _make(self) -> Any:
        from rclpy.action.client import ActionClient

        return ActionClient(self._node, self._kind, self._name)

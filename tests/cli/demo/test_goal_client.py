"""Goals arrive once, whenever the server comes up; what got lost, goal or answer, is sent again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import rclpy
from action_msgs.msg import GoalStatus
from hyperdynamics.action import Walk
from rclpy.action import ActionServer, GoalResponse
from rclpy.executors import SingleThreadedExecutor
from rclpy.signals import SignalHandlerOptions

from hyperdynamics_cli.demo import goal_client
from hyperdynamics_cli.demo.goal_client import ATTEMPTS, GoalClient


class Late(Exception):
    """Something was not done in time."""


class Bench:
    """A client and a server that tells what it got, in one executor."""

    def __init__(self) -> None:
        self.node, self.executor, self.goals = rclpy.create_node("both"), SingleThreadedExecutor(), 0
        self.executor.add_node(self.node)
        self.client = GoalClient(self.node, Walk, "walk", self.wait)
        self.answer = GoalResponse.ACCEPT

    def serve(self) -> None:
        self.server: Any = ActionServer(
            self.node, Walk, "walk", lambda handle: Walk.Result(), goal_callback=self.on_goal,
            handle_accepted_callback=self.on_accepted,
        )  # fmt: skip

    def on_goal(self, goal: Any) -> GoalResponse:
        self.goals += 1
        return self.answer

    def on_accepted(self, handle: Any) -> None:
        self.handle = handle

    def wait(self, done: Callable[[], bool], seconds: float, what: str) -> None:
        until = time.monotonic() + seconds
        while not done():
            if time.monotonic() > until:
                raise Late(what)
            self.executor.spin_once(0.02)


@pytest.fixture
def bench() -> Iterator[Bench]:
    rclpy.init(signal_handler_options=SignalHandlerOptions.NO)
    made = Bench()
    yield made
    made.executor.remove_node(made.node)
    made.node.destroy_node()
    rclpy.try_shutdown()


def send(bench: Bench) -> Any:
    return bench.client.send(Walk.Goal(), lambda feedback: None)


def test_goals_arrive_once_each(bench: Bench) -> None:
    bench.serve()
    bench.client.connect(30.0)
    assert send(bench).accepted and send(bench).accepted
    assert bench.goals == 2
    bench.answer = GoalResponse.REJECT
    assert not send(bench).accepted and bench.goals == 3


def test_without_a_server_the_wait_ends(bench: Bench) -> None:
    with pytest.raises(Late, match="the action nowhere of the controller"):
        GoalClient(bench.node, Walk, "nowhere", bench.wait).connect(0.3)


def test_a_goal_that_got_lost_is_sent_again_by_a_new_client(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(goal_client, "ANSWER_SECONDS", 5.0)
    bench.serve()
    bench.client.connect(30.0)
    first = bench.client._client
    monkeypatch.setattr(first._client_handle.__class__, "send_goal_request", lose_first(first), raising=True)
    assert send(bench).accepted and bench.goals == 1
    assert bench.client._client is not first


def lose_first(first: Any) -> Callable[[Any, Any], int]:
    """The first client's requests go nowhere."""
    real = type(first._client_handle).send_goal_request

    def request(handle: Any, message: Any) -> int:
        return 10_000 if handle is first._client_handle else real(handle, message)

    return request


def test_a_goal_whose_answer_got_lost_is_pursued_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Any] = []
    bench.serve()
    bench.client.connect(30.0)
    monkeypatch.setattr(type(bench.server._handle), "send_goal_response", lose_first_answer(bench), raising=True)
    began = time.monotonic()
    handle = bench.client.send(Walk.Goal(), heard.append)
    assert handle.accepted and bench.goals == 1 and time.monotonic() - began < goal_client.ANSWER_SECONDS
    bench.handle.publish_feedback(Walk.Feedback())
    bench.wait(lambda: bool(heard), 30.0, "feedback")
    bench.handle.execute()
    result = handle.get_result_async()
    bench.wait(result.done, 30.0, "the result")
    assert result.result().status == GoalStatus.STATUS_ABORTED


def lose_first_answer(bench: Bench) -> Callable[[Any, Any, Any], None]:
    """The server's first answer goes nowhere."""
    real, lost = type(bench.server._handle).send_goal_response, []

    def answer(handle: Any, header: Any, message: Any) -> None:
        if lost:
            real(handle, header, message)
        lost.append(message)

    return answer


def test_a_server_that_never_answers_is_given_up(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(goal_client, "ANSWER_SECONDS", 1.0)
    sent: list[int] = []
    bench.serve()
    bench.client.connect(30.0)
    kind = type(bench.client._client._client_handle)
    monkeypatch.setattr(kind, "send_goal_request", lambda handle, message: sent.append(1) or 10_000 + len(sent))
    with pytest.raises(Late, match="the controller's answer to the goal"):
        send(bench)
    assert len(sent) == ATTEMPTS

"""What ends the wait for a walk is what the user gets to know, and the goal is canceled where somebody can be asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import rclpy
from hyperdynamics.action import Walk
from rclpy.action import ActionServer, CancelResponse
from rclpy.signals import SignalHandlerOptions
from rclpy.task import Future

from hyperdynamics_cli.demo.running import GraphStopped
from hyperdynamics_cli.demo.walk_client import CANCEL_SECONDS, WalkClient, WalkError

LEEWAY = 5.0
"""For a busy machine, s."""


class Server:
    """A controller that accepts goals and never ends them, in the client's own executor."""

    def __init__(self, client: WalkClient) -> None:
        self.canceled, self.silent = 0, False
        self.node = rclpy.create_node("walk_server")
        self._server: Any = ActionServer(
            self.node, Walk, "walk", lambda handle: Walk.Result(), handle_accepted_callback=lambda handle: None,
            cancel_callback=self._on_cancel,
        )  # fmt: skip
        client._executor.add_node(self.node)

    async def _on_cancel(self, handle: Any) -> CancelResponse:
        self.canceled += 1
        if self.silent:
            await Future()
        return CancelResponse.ACCEPT


class Walker:
    """A client, and what happens while it waits for the result of its walk."""

    def __init__(self) -> None:
        self.client = WalkClient(rclpy.create_node("walk_client"), self._check)
        self.server = Server(self.client)
        self._happens: Callable[[], None] | None = None
        self._wait = self.client.wait
        self.client.wait = self._waiting  # type: ignore[method-assign]
        self._waits = False
        self.client.wait_until_ready(60.0)

    def walk(self, happens: Callable[[], None], seconds: float = 60.0) -> float:
        """Seconds until the walk was over, which is left as it ended."""
        self._happens, self._waits, began = happens, False, time.monotonic()
        with pytest.raises(BaseException) as caught:
            self.client.walk(0.0, 5.0, lambda feedback: None, seconds)
        self.error = caught.value
        return time.monotonic() - began

    def _waiting(self, done: Callable[[], bool], seconds: float, what: str) -> None:
        self._waits = "result" in what
        self._wait(done, seconds, what)

    def _check(self) -> None:
        if self._waits and self._happens is not None:
            self._happens()


@pytest.fixture(scope="module")
def nodes() -> Iterator[Walker]:
    rclpy.init(args=[], signal_handler_options=SignalHandlerOptions.NO)
    made = Walker()
    yield made
    for node in (made.server.node, made.client.node):
        node.destroy_node()
    rclpy.try_shutdown()


@pytest.fixture
def walker(nodes: Walker) -> Walker:
    nodes.server.canceled, nodes.server.silent = 0, False
    return nodes


def raising(error: BaseException) -> Callable[[], None]:
    def happens() -> None:
        raise error

    return happens


@pytest.mark.parametrize("error", [KeyboardInterrupt(), WalkError("late"), GraphStopped("the bridge"), SystemExit()])
def test_whatever_ends_the_wait_cancels_the_goal(walker: Walker, error: BaseException) -> None:
    walker.walk(raising(error))
    assert walker.error is error and walker.server.canceled == 1


def test_a_wait_that_takes_too_long_cancels_the_goal(walker: Walker) -> None:
    walker.walk(lambda: None, 0.1)
    assert "the result of the walk did not come" in str(walker.error) and walker.server.canceled == 1


def test_nobody_is_asked_where_the_controller_is_gone(walker: Walker, monkeypatch: pytest.MonkeyPatch) -> None:
    error = GraphStopped("mpc_controller-4 was ended by SIGKILL")

    def dies() -> None:
        monkeypatch.setattr(walker.client._action, "server_is_ready", lambda: False)
        raise error

    assert walker.walk(dies) < CANCEL_SECONDS + LEEWAY
    assert walker.error is error and walker.server.canceled == 0


def test_a_controller_that_does_not_answer_is_not_waited_for(walker: Walker) -> None:
    walker.server.silent, error = True, KeyboardInterrupt()
    assert CANCEL_SECONDS <= walker.walk(raising(error)) < CANCEL_SECONDS + LEEWAY
    assert walker.error is error and walker.server.canceled == 1

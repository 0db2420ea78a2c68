"""Nodes as separate processes, as they run in use: started, watched, and stopped without leaving anything behind."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions

from hyperdynamics_cli.demo.goal_client import GoalClient
from tests.ros.warm import ColdProcess, start_module

MODULES = {
    "perception": "hyperdynamics_ros.nodes.perception",
    "interaction_encoder": "hyperdynamics_ros.nodes.interaction_encoder",
    "hypernetwork": "hyperdynamics_ros.nodes.hypernetwork",
    "mpc_controller": "hyperdynamics_ros.nodes.mpc_controller",
    "pybullet_bridge": "sim_bridges.pybullet_bridge",
    "mujoco_bridge": "sim_bridges.mujoco_bridge",
    "mujoco_cell": "sim_bridges.mujoco_cell",
    "bag_player": "hyperdynamics_ros.nodes.bag_player",
    "arm_adapter": "hyperdynamics_ros.nodes.arm_adapter",
    "camera_pose": "hyperdynamics_ros.nodes.camera_pose",
    "push_explorer": "hyperdynamics_ros.nodes.push_explorer",
    "recorder": "hyperdynamics_ros.nodes.recorder",
}
PATIENCE = 120.0
"""Longest wait for anything, s: on a busy machine a node takes half a minute to import its libraries."""
ANSWER = 10.0
"""Wait for a service before it is called again, s: a response is lost where the server has not found the client yet."""
GRACE = 30.0
"""Time a node has to end by itself before it is killed, s."""
STACKS = 5.0
"""Longest wait for a node's stacks, s."""
SETTLED = 0.3
"""They are complete when nothing has come for so long, s: they are written line by line and have no last one."""


class NodeProcess:
    """One node; ``output`` is everything it printed so far."""

    def __init__(self, name: str, cold: bool = False, **parameters: Any) -> None:
        """cold: for tests of the start itself, see ``tests.ros.warm``."""
        arguments = [part for item in parameters.items() for part in ("-p", "{}:={}".format(*item))]
        self.name, self._last_words = name, ""
        self._log = Path(tempfile.mkstemp(prefix=f"{name}_", suffix=".log")[1])
        start = ColdProcess if cold else start_module
        self._process = start(MODULES[name], ["--ros-args", *arguments], self._log)

    @property
    def output(self) -> str:
        return self._log.read_text() if self._log.exists() else self._last_words

    @property
    def code(self) -> int | None:
        """Exit status; None while it runs."""
        return self._process.exitcode

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def stacks(self) -> str:
        """What it printed, with where each of its threads is now: a node that came up silently tells nothing else."""
        if isinstance(self._process, ColdProcess):  # SIGUSR1 would end it
            return self.output
        self.signal(signal.SIGUSR1)
        end, before = time.monotonic() + STACKS, ""
        while time.monotonic() < end and self.code is None:
            time.sleep(SETTLED)
            output = self.output
            if "most recent call first" in output and output == before:
                break
            before = output
        return self.output

    def signal(self, number: signal.Signals) -> None:
        if self.code is None:
            os.kill(self.pid, number)

    def wait(self, seconds: float = PATIENCE) -> int:
        self._process.join(seconds)
        if self.code is None:
            raise TimeoutError(f"{self.name} still runs after {seconds} s")
        return self.code

    def stop(self) -> int:
        """SIGTERM, a grace time, SIGKILL. Returns the exit status."""
        if self.code is None:
            self.signal(signal.SIGTERM)
            try:
                self.wait(GRACE)
            except TimeoutError:
                self.signal(signal.SIGKILL)
                self.wait()
        status = self.code
        self._last_words = self.output
        self._log.unlink(missing_ok=True)
        assert status is not None
        return status


@contextmanager
def running(name: str, **parameters: Any) -> Iterator[NodeProcess]:
    """A node that runs as long as the block; its output is shown where the block fails."""
    process = NodeProcess(name, **parameters)
    try:
        yield process
    except BaseException:
        print(f"--- {name} ---\n{process.stacks()}")
        raise
    finally:
        process.stop()


class Listener:
    """The test's own node: collects topics, publishes, waits for what it wants to see."""

    def __init__(self) -> None:
        rclpy.init(signal_handler_options=SignalHandlerOptions.NO)
        self.node = Node("test_listener")
        self.executor = SingleThreadedExecutor()
        self.executor.add_node(self.node)

    def close(self) -> None:
        self.executor.shutdown()
        self.node.destroy_node()
        rclpy.try_shutdown()

    def collect(self, kind: type, topic: str, qos: Any = 10) -> list[Any]:
        """A list that fills with the topic's messages while the test waits."""
        messages: list[Any] = []
        self.node.create_subscription(kind, topic, messages.append, qos)
        return messages

    def publisher(self, kind: type, topic: str, qos: Any = 10) -> Any:
        return self.node.create_publisher(kind, topic, qos)

    def until(self, condition: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
        """Spin until condition() is true and return its value; fail with what was awaited."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = condition()
            if value:
                return value
            self.executor.spin_once(timeout_sec=0.02)
        raise AssertionError(f"{what}: not within {seconds} s")

    def spin(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.executor.spin_once(timeout_sec=0.02)

    def goal_client(self, kind: type, name: str) -> GoalClient:
        """A client of an action, its server found."""
        client = GoalClient(self.node, kind, name, lambda done, seconds, what: self.until(done, what, seconds))
        client.connect(PATIENCE)
        return client

    def call(self, kind: type, name: str, request: Any, seconds: float = PATIENCE) -> Any:
        """Call a service that may be called twice, and return its response."""
        client = self.node.create_client(kind, name)
        self.until(client.service_is_ready, f"service {name}", seconds)
        futures, end = [], time.monotonic() + seconds
        while time.monotonic() < end and not any(future.done() for future in futures):
            futures.append(client.call_async(request))
            called = time.monotonic()
            while time.monotonic() < called + ANSWER and not any(future.done() for future in futures):
                self.executor.spin_once(timeout_sec=0.02)
        answers = [future.result() for future in futures if future.done()]
        assert answers, f"response of {name}: not within {seconds} s"
        return answers[0]

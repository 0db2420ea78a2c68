"""Runs one node as a process: one thread, a clean end on Ctrl-C and SIGTERM, non-zero and a reason on failure."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import traceback
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn

from hyperdynamics_ros.environment import prepare_environment

POLL = 0.25
"""Longest wait between two looks at the signals, s: each costs an idle node some of its processor time."""


class Stopped(BaseException):
    """A second signal came while the node was ending."""


class Signals:
    """Ctrl-C and SIGTERM: the process's end while the node starts, a flag once it spins; a second one ends the wait.

    Not where it is patient: what such a node does at its end must not be interrupted.
    """

    def __init__(self) -> None:
        self.stop, self.spinning, self.patient = False, False, False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._handle)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if not self.spinning:
            _leave()
        if self.stop and not self.patient:
            raise Stopped
        self.stop = True


def _leave() -> NoReturn:
    """End the process without tidying: no arm moves yet, and an exception out of an import comes back as another."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # the signal may have come in the middle of writing
            stream.flush()
    os._exit(0)


def run(make_node: Callable[[], Any], name: str, patient: bool = False) -> NoReturn:
    """Make the node, spin it until a signal, its own end or a failure, end the process: code 1 on a failure, else 0.

    patient: further signals do not hurry the node's end; it has a file to complete.
    """
    prepare_environment()
    signals = Signals()
    signals.patient = patient
    try:
        code = _run(make_node, name, signals)
    except Stopped:
        code = 0
    sys.exit(code)


def _run(make_node: Callable[[], Any], name: str, signals: Signals) -> int:
    import rclpy
    from rclpy.signals import SignalHandlerOptions

    node = None
    try:
        # rclpy's own handlers swallow SIGTERM while a model loads, and print a traceback on Ctrl-C.
        rclpy.init(args=sys.argv, signal_handler_options=SignalHandlerOptions.NO)
        node = make_node()
        _one_thread()
        _spin(node, signals)
        return 0
    except Exception as error:
        _report(name, error)
        return 1
    finally:
        signals.spinning = True  # a late signal must not interrupt the tidying
        if node is not None:
            node.close()
            node.destroy_node()
        rclpy.try_shutdown()


def _one_thread() -> None:
    """For PyTorch as well, whatever the environment says, where the node brought it."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(1)


def _spin(node: Any, signals: Signals) -> None:
    from rclpy.executors import SingleThreadedExecutor

    # Not rclpy's experimental EventsExecutor: it saves a third of the time a message takes, but its spin loses goals,
    # and nodes with it were the ones that did not hear what had been sent while the machine was busy.
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    signals.spinning = True
    node.get_logger().info("ready")
    while not (signals.stop or node.finished):
        executor.spin_once(timeout_sec=POLL)
    executor.remove_node(node)


def _report(name: str, error: Exception) -> None:
    """Expected failures carry their reason and remedy; anything else is a bug and shows where."""
    from rclpy.logging import get_logger

    from hyperdynamics_ros.node import NodeFailure

    if not isinstance(error, (NodeFailure, ValueError, OSError)):
        traceback.print_exception(error, file=sys.stderr)
    get_logger(name).fatal(f"{name} ends: {type(error).__name__}: {error}")

"""Processes that begin with PyTorch and rclpy imported, or as users begin them.

The suite starts a hundred nodes, each of which needs two seconds of a core for these imports.
"""

from __future__ import annotations

import faulthandler
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

from hyperdynamics_core.processes import PRELOADED, worker_context

NODES = (*PRELOADED, "rclpy", "hyperdynamics_ros.checks.interfaces", "hyperdynamics_ros.node")


def start_module(module: str, arguments: Sequence[str], log: Path) -> BaseProcess:
    """``python -m module arguments`` with its output in log, in a session of its own, forked from a warm process."""
    process = worker_context(NODES).Process(target=_run, args=(module, list(arguments), dict(os.environ), log))
    process.start()
    return process


class ColdProcess:
    """The same from nothing, as a user starts it; for tests of the start itself."""

    def __init__(self, module: str, arguments: Sequence[str], log: Path) -> None:
        with log.open("w") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(os.environ),
                start_new_session=True,
            )
        self.pid = self._process.pid

    @property
    def exitcode(self) -> int | None:
        return self._process.poll()

    def join(self, seconds: float) -> None:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)


def _run(module: str, arguments: list[str], environment: dict[str, str], log: Path) -> None:
    os.setsid()
    output = os.open(log, os.O_WRONLY | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(output, stream)
    faulthandler.register(signal.SIGUSR1, file=2)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)

"""Further processes of a run: collecting, evaluating, drawing."""

from __future__ import annotations

from multiprocessing import get_context
from multiprocessing.context import ForkServerContext

PRELOADED = ["torch", "hyperdynamics_core.methods.storage"]
"""Imported once for all workers of a process; nothing that holds threads, windows or graphics contexts."""


def worker_context() -> ForkServerContext:
    """Where workers come from: one small process that has imported PyTorch, which they would take two seconds each for.

    It is started with the first worker, never forks what the run itself holds (ROS, simulators, threads), and ends with
    the run. Variables of the environment that are set after that do not reach workers.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context

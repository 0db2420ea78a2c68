"""Further processes of a run that walk, push and evaluate."""

from __future__ import annotations

from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext

PRELOADED = ("hyperdynamics_core.one_thread", "hyperdynamics_core.methods.storage")
"""Imported once for all workers of a process, in this order; nothing that holds threads, windows or graphics."""


def worker_context(preloaded: Sequence[str] = PRELOADED) -> ForkServerContext:
    """Where workers come from: one small process that has imported PyTorch, which they would take two seconds each for.

    It is started with the first worker, never forks what the run itself holds (ROS, simulators, threads), and ends with
    the run. Variables of the environment that are set after that do not reach workers.

    preloaded: modules that are imported there; what the first call says holds for the whole run.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload(list(preloaded))
    return context

"""How a walk keeps its time: figures for the log, the topic and the diagnostics."""

from __future__ import annotations

import time
from array import array
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from hyperdynamics.msg import ControlStatistics

from hyperdynamics_core.control.walk_task import WalkTask
from hyperdynamics_ros.conversions.arrays import time_message

STAGES = ("encode", "to hypernetwork", "generate", "to controller", "plan")
"""From a state at the encoder to its command: nodes, and the ways between them."""
KEPT = 1000
"""Newest steps that the figures are taken over."""


@dataclass(frozen=True)
class Percentiles:
    """Of a list of times, ms; NaN where there is none."""

    p50: float
    p95: float
    p99: float

    @staticmethod
    def of(seconds: deque[float]) -> Percentiles:
        """From times in s."""
        if not seconds:
            return Percentiles(*[float("nan")] * 3)
        return Percentiles(*(1e3 * float(value) for value in np.percentile(seconds, (50, 95, 99))))

    def words(self) -> str:
        """For the log."""
        return f"p50 {self.p50:.1f} p95 {self.p95:.1f} p99 {self.p99:.1f} ms"


class WalkFigures:
    """Latencies of one walk beside the task's own planning times."""

    def __init__(self, task: WalkTask, deadline: float) -> None:
        """deadline: from a state to its command, s."""
        self._task, self._deadline = task, deadline
        self._latencies: deque[float] = deque(maxlen=KEPT)
        self._stages: tuple[deque[float], ...] = tuple(deque(maxlen=KEPT) for _ in STAGES)
        self.missed = 0
        """Commands that came later than the deadline after their state."""

    def commanded(self, latency: float) -> None:
        """A command went out so long (s) after its state had come."""
        self._latencies.append(latency)
        self.missed += latency > self._deadline

    def staged(self, trace: Sequence[float], heard: float) -> None:
        """A command went out just now; trace of its expert, which was heard at a time of the system's clock, s.

        Clocks of several machines may disagree: then the ways between them are wrong by as much.
        """
        times = (*trace, heard, time.time())
        if len(times) == len(STAGES) + 1:
            for stage, begun, ended in zip(self._stages, times[:-1], times[1:], strict=True):
                stage.append(ended - begun)

    def message(self, stamp: int) -> ControlStatistics:
        """All figures, with the stamp (ns) of the newest state answered."""
        task, latency = self._task, Percentiles.of(self._latencies)
        planning = task.times.percentiles_ms()
        message = ControlStatistics(system=task.system.name, rate=task.times.rate, wanted_rate=1.0 / task.system.dt)
        message.header.stamp = time_message(stamp)
        message.planning_ms_p50, message.planning_ms_p95, message.planning_ms_p99 = planning
        message.latency_ms_p50, message.latency_ms_p95 = latency.p50, latency.p95
        message.latency_ms_p99 = latency.p99
        message.steps, message.missed_deadlines = task.steps, self.missed
        stages = [Percentiles.of(stage) for stage in self._stages if stage]
        message.stages = list(STAGES[: len(stages)])
        message.stage_ms_p50 = array("f", (stage.p50 for stage in stages))
        message.stage_ms_p95 = array("f", (stage.p95 for stage in stages))
        message.late_experts, message.candidates = task.late_experts, task.planner.candidates
        return message

    def words(self) -> str:
        """One line for the log."""
        task = self._task
        planning = Percentiles(*task.times.percentiles_ms())
        return (
            f"{task.steps} steps at {task.times.rate:.1f} Hz (wanted {1.0 / task.system.dt:.0f}), "
            f"planning {planning.words()}, state to command {Percentiles.of(self._latencies).words()}, "
            f"{self.missed} missed deadlines, {task.late_experts} late experts, {task.planner.candidates} candidates"
        )


def values_of(statistics: Any) -> dict[str, str]:
    """A ControlStatistics message for the node's line on /diagnostics."""
    plain = {name: getattr(statistics, name) for name in statistics.get_fields_and_field_types()}
    stages = zip(plain["stages"], plain["stage_ms_p50"], plain["stage_ms_p95"], strict=True)
    values = {name: f"{value:.4g}" for name, value in plain.items() if isinstance(value, int | float)}
    return values | {f"{name} ms p50 / p95": f"{p50:.3g} / {p95:.3g}" for name, p50, p95 in stages}

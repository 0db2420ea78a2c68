"""What a node says about itself on /diagnostics: rate, age, jitter, refusals and callback times of each topic."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence

import numpy as np
from diagnostic_msgs.msg import DiagnosticStatus, KeyValue

from hyperdynamics_ros.guard import Guard

WINDOW = 200
"""Newest messages that the figures are made from."""
RATE_WINDOW = 10.0
"""Messages older than this do not count for the rate, s."""


class Arrivals:
    """Times at which messages came or went, and how long their callbacks took."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """now: seconds of a clock that never goes back."""
        self._now = now
        self.times: deque[float] = deque(maxlen=WINDOW)
        self.durations: deque[float] = deque(maxlen=WINDOW)
        self.count = 0

    def mark(self) -> None:
        """One message, now."""
        self.times.append(self._now())
        self.count += 1

    @property
    def age(self) -> float:
        """Seconds since the newest message; infinite before the first."""
        return self._now() - self.times[-1] if self.times else float("inf")

    def figures(self) -> dict[str, float]:
        """count, rate_hz, age_s, jitter_ms (standard deviation of the intervals), callback_ms_p50, callback_ms_max."""
        recent = [moment for moment in self.times if self._now() - moment <= RATE_WINDOW]
        intervals = np.diff(recent)
        figures = {"count": float(self.count), "age_s": self.age}
        figures["rate_hz"] = 1.0 / float(intervals.mean()) if len(intervals) and intervals.mean() > 0 else 0.0
        figures["jitter_ms"] = 1e3 * float(intervals.std()) if len(intervals) else 0.0
        if self.durations:
            figures["callback_ms_p50"] = 1e3 * float(np.median(self.durations))
            figures["callback_ms_max"] = 1e3 * max(self.durations)
        return figures


class TopicHealth:
    """One topic's arrivals with its guard, as a DiagnosticStatus."""

    def __init__(self, node: str, topic: str, arrivals: Arrivals, guard: Guard | None = None) -> None:
        """guard: None for a topic that the node writes."""
        self._name, self._arrivals, self._guard = f"{node}: {topic}", arrivals, guard
        self._refused_before = 0

    def status(self) -> DiagnosticStatus:
        """OK, or WARN where messages were refused since the last status."""
        status = DiagnosticStatus(name=self._name, hardware_id="none", level=DiagnosticStatus.OK)
        status.message = "reading" if self._guard else "writing"
        if self._arrivals.count == 0:
            status.message = "nothing yet"
        values = {key: f"{value:.4g}" for key, value in self._arrivals.figures().items()}
        if self._guard is not None:
            values |= {"accepted": str(self._guard.accepted), "refused": str(self._guard.refused)}
            values["last_refusal"] = self._guard.last_refusal
            if self._guard.refused > self._refused_before:
                status.level = DiagnosticStatus.WARN
                status.message = f"refused {self._guard.refused - self._refused_before}: {self._guard.last_refusal}"
            self._refused_before = self._guard.refused
        status.values = key_values(values)
        return status


def key_values(values: dict[str, str]) -> list[KeyValue]:
    """A dictionary as diagnostic_msgs/KeyValue[]."""
    return [KeyValue(key=key, value=value) for key, value in values.items()]


def summary(node: str, level: bytes, message: str, values: dict[str, str] | None = None) -> DiagnosticStatus:
    """The node's own line."""
    return DiagnosticStatus(
        name=node, hardware_id="none", level=level, message=message, values=key_values(values or {})
    )


def worst(statuses: Sequence[DiagnosticStatus]) -> bytes:
    """The highest level among statuses."""
    return max((status.level for status in statuses), default=DiagnosticStatus.OK)

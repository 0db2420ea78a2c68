"""The walk in words and figures."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from hyperdynamics_cli.demo.walk_recording import WalkRecording
from hyperdynamics_core.control.walk_goal import WalkCode

TOLD_EVERY = 0.5
"""Between two lines, s of the robot's time."""


class WalkTeller:
    """Says a line every half second of the robot's time."""

    def __init__(self, recording: WalkRecording, say: Callable[[str], None]) -> None:
        self._recording, self._say, self._next = recording, say, TOLD_EVERY

    def __call__(self) -> None:
        """Look at the newest word."""
        words = self._recording.words
        if not words or words[-1].time < self._next - 1e-9:
            return
        word = words[-1]
        self._next = TOLD_EVERY * (math.floor(word.time / TOLD_EVERY + 1e-9) + 1)
        self._say(
            f"  {word.time:5.2f} s  {word.position:6.2f} m  {word.speed:5.2f} m/s  return {word.total_return:7.1f}  "
            f"control {word.control_rate:5.1f} Hz  planning {word.planning_ms:5.1f} ms"
        )


def walk_figures(recording: WalkRecording) -> dict[str, Any]:
    """What summary.json says of the walk itself."""
    result, statistics = recording.result, recording.statistics
    distance, duration = round(float(result.distance), 6), round(float(result.duration), 6)
    return {
        "return": round(float(result.total_return), 4),
        "distance": distance,
        "duration": duration,
        "steps": int(result.steps),
        "speed_mean": distance / duration if duration > 0.0 else math.nan,
        "success": bool(result.success),
        "code": WalkCode(result.code).name,
        "message": str(result.message),
        "control_rate": statistics.get("rate", math.nan),
        "wanted_rate": 1.0 / recording.system.dt,
        **{f"planning_ms_p{part}": statistics.get(f"planning_ms_p{part}", math.nan) for part in (50, 95, 99)},
        **{f"latency_ms_p{part}": statistics.get(f"latency_ms_p{part}", math.nan) for part in (50, 95, 99)},
        "stages_ms_p50_p95": recording.stages,
        **{name: int(statistics.get(name, 0)) for name in ("missed_deadlines", "late_experts", "candidates")},
    }


def closing_words(figures: dict[str, Any]) -> str:
    """The last lines."""
    return (
        f"{'walked' if figures['success'] else 'ended'}: {figures['distance']:.2f} m in {figures['duration']:.2f} s "
        f"({figures['message']})\n"
        f"return {figures['return']:.1f}, mean speed {figures['speed_mean']:.2f} m/s\n"
        f"control {figures['control_rate']:.1f} Hz (wanted {figures['wanted_rate']:.0f}), planning "
        f"{figures['planning_ms_p50']:.1f} ms (p95 {figures['planning_ms_p95']:.1f}, p99 "
        f"{figures['planning_ms_p99']:.1f}), state to command p95 {figures['latency_ms_p95']:.1f} ms, "
        f"{figures['missed_deadlines']} of {figures['steps']} deadlines missed"
    )

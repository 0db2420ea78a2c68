"""What a run says line by line, and the figures it leaves behind."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from hyperdynamics_cli.demo.recording import Feedback
from hyperdynamics_cli.drawing.figures import run_figures
from hyperdynamics_cli.drawing.layout import centimetres, milliseconds
from hyperdynamics_cli.drawing.records import GoalRecord, PushRecord


class PushTeller:
    """Says a line for every push as it ends, and keeps it."""

    def __init__(self, say: Callable[[str], None]) -> None:
        """say gets each line."""
        self.pushes: list[PushRecord] = []
        self._say = say

    def __call__(self, feedback: Feedback) -> None:
        """Take a feedback; only the first one after a push has news."""
        push = feedback.push
        if push is not None and push.step > len(self.pushes):
            self.pushes.append(push)
            self._say(push_line(push))


def push_line(push: PushRecord) -> str:
    """One push in a line."""
    moved = f"moved {centimetres(push.real_motion):>7}"
    if math.isfinite(push.predicted_motion):
        moved += f", predicted {centimetres(push.predicted_motion):>7}"
    how = "probe" if push.phase == "probing" else f"planned in {milliseconds(push.planning_ms)}"
    return f"  push {push.step:>2}  {centimetres(push.distance):>8} to go   {moved}   {how}"


def goal_line(record: GoalRecord) -> str:
    """How a goal ended."""
    if record.success:
        end = f"reached: {centimetres(record.final_distance)} from the goal"
    else:
        end = f"not reached: {record.message}"
    return f"  {end}, after {record.steps} pushes and {record.seconds:.0f} s"


def summary(records: Sequence[GoalRecord], seed: int, asked: int, failure: str | None = None) -> dict[str, object]:
    """The figures of a run for summary.json and --json; lengths in metres, times in ms.

    Args:
        records: of the goals that were answered.
        seed: of the run.
        asked: for how many goals; what is not answered says nothing of success.
        failure: why the run ended early, in words.
    """
    figures = run_figures(records)
    return {
        "success_rate": figures.success_rate,
        "success_ci95": figures.success_ci95,
        "trials": figures.goals,
        "answered": len(records),
        "asked": asked,
        "failure": failure,
        "seeds": [seed],
        "planning_ms_p50": figures.planning_ms_p50,
        "planning_ms_p95": figures.planning_ms_p95,
        "planning_ms_p95_free": _planning_p95([r for r in records if not r.scene.obstacles]),
        "planning_ms_p95_obstacles": _planning_p95([r for r in records if r.scene.obstacles]),
        "final_distance_mean": figures.final_distance_mean,
        "steps_mean": figures.steps_mean,
        "motion_error_cm_mean": 100 * figures.prediction_error_mean,
        "goals": [_goal(record) for record in records],
    }


def closing_line(records: Sequence[GoalRecord], asked: int) -> str:
    """How a run went, in a line."""
    reached = sum(record.success for record in records)
    sent = "" if len(records) == asked else f"{len(records)} of {asked} goals sent and answered, "
    return f"{sent}{reached} of {asked} goals reached"


def _planning_p95(records: Sequence[GoalRecord]) -> float:
    return run_figures(records).planning_ms_p95 if records else math.nan


def _goal(record: GoalRecord) -> dict[str, object]:
    return {
        "object": record.scene.object.name,
        "obstacles": bool(record.scene.obstacles),
        "camera": record.scene.camera,
        "success": record.success,
        "message": record.message,
        "code": record.code,
        "final_distance": record.final_distance,
        "steps": record.steps,
        "seconds": record.seconds,
        "pushes": [
            {
                "step": push.step,
                "phase": push.phase,
                "distance": push.distance,
                "predicted_motion": push.predicted_motion,
                "real_motion": push.real_motion,
                "planning_ms": push.planning_ms,
            }
            for push in record.pushes
        ],
    }

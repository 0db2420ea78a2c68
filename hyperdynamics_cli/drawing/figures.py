"""The figures of a run: what summary.json says and summary.png shows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from hyperdynamics_cli.drawing.records import GoalRecord, PushRecord
from hyperdynamics_core.evaluation.intervals import wilson_interval


@dataclass(frozen=True)
class RunFigures:
    """One run of several goals; NaN where there is nothing to measure."""

    goals: int
    """That were sent and answered."""
    success_rate: float
    """Of those; NaN without any."""
    success_ci95: tuple[float, float]
    """Wilson interval."""
    final_distance_mean: float
    """Of the goals that were reached, m."""
    steps_mean: float
    """Pushes a goal, probing included."""
    planning_ms_p50: float
    planning_ms_p95: float
    prediction_error_mean: float
    """Difference between the predicted and the real length of the object's motion, m."""


def run_figures(records: Sequence[GoalRecord]) -> RunFigures:
    """Figures over all goals that were answered: of one that was never sent nothing is known."""
    goals = len(records)
    reached = sum(record.success for record in records)
    pushes = [push for record in records for push in record.pushes]
    planning = _finite(push.planning_ms for push in pushes)
    return RunFigures(
        goals=goals,
        success_rate=reached / goals if goals else math.nan,
        success_ci95=wilson(reached, goals),
        final_distance_mean=_mean(_finite(record.final_distance for record in records if record.success)),
        steps_mean=_mean([float(record.steps) for record in records]),
        planning_ms_p50=_quantile(planning, 0.50),
        planning_ms_p95=_quantile(planning, 0.95),
        prediction_error_mean=_mean(_finite(motion_error(push) for push in pushes)),
    )


def motion_error(push: PushRecord) -> float:
    """Difference between predicted and real length of the motion, m; NaN where one is not known."""
    return abs(push.predicted_motion - push.real_motion)


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """95 % interval of a success rate (Wilson's score); NaN where nothing was tried."""
    return wilson_interval(successes, trials) if trials else (math.nan, math.nan)


def _finite(values: Iterable[float]) -> list[float]:
    return [value for value in values if math.isfinite(value)]


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else math.nan


def _quantile(values: Sequence[float], share: float) -> float:
    return float(np.quantile(values, share)) if values else math.nan

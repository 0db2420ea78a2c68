"""Figures of a run."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from hyperdynamics_cli.drawing.figures import run_figures, wilson
from hyperdynamics_cli.drawing.records import PushRecord
from tests.cli.drawing.examples import goal


def test_figures() -> None:
    probe = PushRecord(1, "probing", 0.2, real_motion=0.03)
    fast, slow = PushRecord(2, "pushing", 0.1, 0.05, 0.04, 10.0), PushRecord(3, "pushing", 0.1, 0.02, 0.05, 30.0)
    good, bad = replace(goal(1), pushes=(probe, fast, slow)), replace(goal(2, False), pushes=(), final_distance=0.3)
    figures = run_figures([good, bad])
    assert figures.goals == 2 and figures.success_rate == 0.5
    assert figures.final_distance_mean == pytest.approx(0.021)
    assert figures.planning_ms_p50 == pytest.approx(20.0) and figures.planning_ms_p95 == pytest.approx(29.0)
    assert figures.prediction_error_mean == pytest.approx(0.02)


def test_nothing_measured_is_not_a_number() -> None:
    figures = run_figures([replace(goal(1, False), pushes=())])
    assert figures.success_rate == 0.0 and math.isnan(figures.planning_ms_p95)


def test_wilson_interval_of_the_paper() -> None:
    assert wilson(46, 50) == pytest.approx((0.812, 0.968), abs=0.001)
    assert wilson(0, 5)[0] == pytest.approx(0.0) and wilson(5, 5)[1] == pytest.approx(1.0)
    assert all(math.isnan(value) for value in wilson(0, 0))

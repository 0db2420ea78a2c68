"""Figures about time, and shedding of work."""

from __future__ import annotations

import math

import torch

from hyperdynamics_core.control.timing import CandidateGovernor, StepTimes
from hyperdynamics_core.planning.sequences import SequencePlannerConfig, make_planner
from hyperdynamics_core.systems.legged import CHEETAH


def test_percentiles_rate_and_missed_deadlines() -> None:
    times = StepTimes(0.02)
    assert math.isnan(times.rate) and math.isnan(times.percentiles_ms()[0]) and math.isnan(times.last_ms)
    for number in range(1, 101):
        times.planned(number / 1000)
        times.commanded(number * 0.05)
    p50, p95, p99 = times.percentiles_ms()
    assert (round(p50, 1), round(p95, 1), round(p99, 1)) == (50.5, 95.0, 99.0)
    assert times.missed == 80 and times.last_ms == 100.0
    assert math.isclose(times.rate, 20.0)


def test_the_governor_sheds_candidates_and_takes_them_back() -> None:
    planner = make_planner("random_shooting", CHEETAH, torch.Generator(), SequencePlannerConfig(candidates=400))
    governor = CandidateGovernor(planner, 0.01, 50)
    seen = []
    for _ in range(40):
        governor.planned(planner.candidates * 5e-5)
        seen.append(planner.candidates)
    assert all(seen[-1] <= count <= 210 for count in seen[5:]) or max(seen[5:]) * 5e-5 <= 0.0125
    for _ in range(10):
        governor.planned(1.0)
    assert planner.candidates == 50
    for _ in range(100):
        governor.planned(0.001)
    assert planner.candidates == 400
    governor.planned(1.0)
    governor.restore()
    assert planner.candidates == 400

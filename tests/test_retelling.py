"""When a waiting bridge tells its state again."""

from __future__ import annotations

import pytest

from sim_bridges import retelling
from sim_bridges.retelling import Retelling


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(retelling.time, "monotonic", lambda: now[0])
    return now


def tellings(clock, waiting, seconds, look=0.01):
    """Moments, s from now, at which it was told again."""
    start, moments = clock[0], []
    for step in range(round(seconds / look)):
        clock[0] = start + step * look
        if waiting.due():
            moments.append(clock[0] - start)
    return moments


def test_waits_grow_to_four_times_the_first_and_no_further(clock):
    moments = tellings(clock, Retelling(0.5), 20.0)
    waits = [after - before for before, after in zip([0.0, *moments], moments, strict=False)]
    assert waits[:4] == pytest.approx([0.5, 0.75, 1.125, 1.6875], abs=0.02)
    assert waits[4:] == pytest.approx([2.0] * len(waits[4:]), abs=0.02)


def test_an_answer_begins_anew(clock):
    waiting = Retelling(0.2)
    tellings(clock, waiting, 5.0)
    waiting.told()
    assert tellings(clock, waiting, 0.6) == pytest.approx([0.2, 0.5], abs=0.02)


@pytest.mark.parametrize(("period", "looks"), [(0.5, 0.25), (0.2, 0.1), (0.05, 0.05), (60.0, 0.25)])
def test_looks_are_often_enough_for_the_first_wait_and_seldom_enough_to_be_idle(period, looks):
    assert Retelling(period).watch_period == pytest.approx(looks)

"""Axes and lines."""

import numpy as np
import pytest

from hyperdynamics_cli.drawing.chart import Chart, Series, draw_chart, limits, ticks

TIMES = np.linspace(0.0, 2.0, 50)
RED = (255, 0, 0)


def reds(chart, **more):
    picture = np.asarray(draw_chart(chart, (300, 150), **more)).astype(int)
    return np.argwhere((picture[..., 0] > 200) & (picture[..., 1] < 80) & (picture[..., 2] < 80))


def test_a_rising_line_rises_from_left_to_right():
    pixels = reds(Chart("t", [Series(TIMES, TIMES, RED, width=3.0)], 2.0))
    left, right = pixels[pixels[:, 1] < 100], pixels[pixels[:, 1] > 250]
    assert len(left) and len(right) and left[:, 0].mean() > right[:, 0].mean() + 50


def test_only_until_a_time():
    chart = Chart("t", [Series(TIMES, TIMES, RED, width=3.0)], 2.0)
    assert reds(chart, until=1.0)[:, 1].max() < 180 < reds(chart)[:, 1].max()
    assert len(reds(chart, until=-1.0)) == 0


def test_gaps_are_gaps():
    values = np.where((TIMES > 0.6) & (TIMES < 1.4), np.nan, 1.0)
    columns = set(reds(Chart("t", [Series(TIMES, values, RED, width=3.0)], 2.0))[:, 1].tolist())
    assert columns and not columns & set(range(150, 190))


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-0.013, 0.02), (5.0, 5.001), (-300.0, 1200.0)])
def test_ticks_are_round_and_inside(low, high):
    values = ticks(low, high, 4)
    assert 1 <= len(values) <= 6 and low - 1e-9 <= values[0] and values[-1] <= high + 1e-9


def test_limits():
    flat = Chart("t", [Series(TIMES, np.full(50, 3.0))], 2.0, least=1.0)
    assert limits(flat) == pytest.approx((2.42, 3.58))
    low, high = limits(Chart("t", [Series(TIMES, TIMES)], 2.0, level=20.0, from_zero=True))
    assert low == 0.0 and high > 20.0
    assert limits(Chart("t", [], 2.0)) == (0.0, 1.0)
    assert limits(Chart("t", [Series(TIMES, np.zeros(50))], 2.0))[0] < 0.0

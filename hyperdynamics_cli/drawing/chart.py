"""Lines over time in a box, with axes: for the pictures of walks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageDraw

from hyperdynamics_cli.drawing import palette
from hyperdynamics_cli.drawing.layout import text
from hyperdynamics_cli.drawing.palette import Colour

Array = NDArray[np.float64]
OVERSAMPLING = 2
LEFT, BOTTOM, TOP, RIGHT = 54, 22, 30, 10
"""Room around the plotted area, pixels."""


@dataclass(frozen=True)
class Series:
    """One line."""

    times: Array
    """[n] s."""
    values: Array
    """[n]; where it is not finite the line has a gap."""
    colour: Colour = palette.CHOSEN
    label: str = ""
    """For the legend; empty: not in it."""
    width: float = 2.0
    """Pixels."""
    dots: bool = False
    """Dots instead of a line."""


@dataclass(frozen=True)
class Chart:
    """What is in the box."""

    title: str
    series: Sequence[Series]
    end: float
    """Of the time axis, s."""
    unit: str = ""
    level: float | None = None
    """A horizontal line, such as a deadline."""
    level_label: str = ""
    least: float = 0.0
    """Smallest range of the vertical axis."""
    from_zero: bool = False
    """Let the vertical axis begin at 0."""
    time_axis: bool = True
    """Write the seconds under it."""


def draw_chart(chart: Chart, size: tuple[int, int], until: float = math.inf) -> PillowImage.Image:
    """The chart at a size in pixels; lines only until a time, s."""
    scale = OVERSAMPLING
    picture = PillowImage.new("RGB", (size[0] * scale, size[1] * scale), palette.PAGE)
    draw = ImageDraw.Draw(picture)
    area = (LEFT * scale, TOP * scale, (size[0] - RIGHT) * scale, (size[1] - BOTTOM) * scale)
    low, high = limits(chart)
    _axes(draw, chart, area, (low, high))
    if chart.level is not None:
        _level(draw, chart, area, (low, high))
    for series in chart.series:
        shown = series.times <= until
        _line(draw, series, _pixels(series.times[shown], series.values[shown], chart.end, (low, high), area))
    _words(draw, chart, size[0])
    return picture.reduce(scale)


def limits(chart: Chart) -> tuple[float, float]:
    """Of the vertical axis: all values and the level with a little room."""
    parts = [series.values[np.isfinite(series.values)] for series in chart.series]
    values = np.concatenate([*parts, [] if chart.level is None else [chart.level]])
    if values.size == 0:
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    missing = max(chart.least - (high - low), 0.0 if high > low else 1e-3)
    room = 0.08 * (high - low + missing)
    return 0.0 if chart.from_zero else low - missing / 2 - room, high + missing / 2 + room


def ticks(low: float, high: float, count: int = 4) -> list[float]:
    """Round numbers between two, about so many."""
    raw = (high - low) / max(count, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= raw)
    first = math.ceil(low / step - 1e-9)
    return [round(index * step, 10) for index in range(first, math.floor(high / step + 1e-9) + 1)]


def _axes(draw: ImageDraw.ImageDraw, chart: Chart, area: tuple[int, ...], span: tuple[float, float]) -> None:
    left, top, right, bottom = area
    count = max(2, (bottom - top) // (OVERSAMPLING * 28))
    for value in ticks(*span, count):
        y = bottom - (value - span[0]) / (span[1] - span[0]) * (bottom - top)
        draw.line((left, y, right, y), palette.LINE, OVERSAMPLING)
        text(draw, (left - 8 * OVERSAMPLING, y), f"{value:g}", 12 * OVERSAMPLING, palette.MUTED, "rm")
    for value in ticks(0.0, chart.end, max(2, (right - left) // (OVERSAMPLING * 90))):
        x = left + value / chart.end * (right - left)
        draw.line((x, bottom, x, bottom + 4 * OVERSAMPLING), palette.EDGE, OVERSAMPLING)
        if chart.time_axis:
            words = f"{value:g} s" if value == 0.0 else f"{value:g}"
            text(draw, (x, bottom + 6 * OVERSAMPLING), words, 12 * OVERSAMPLING, palette.MUTED, "ma")
    draw.line((left, bottom, right, bottom), palette.EDGE, OVERSAMPLING)


def _level(draw: ImageDraw.ImageDraw, chart: Chart, area: tuple[int, ...], span: tuple[float, float]) -> None:
    left, top, right, bottom = area
    assert chart.level is not None
    y = bottom - (chart.level - span[0]) / (span[1] - span[0]) * (bottom - top)
    for x in range(left, right, 16 * OVERSAMPLING):
        draw.line((x, y, min(x + 9 * OVERSAMPLING, right), y), palette.FAILED, 2 * OVERSAMPLING)


def _pixels(
    times: Array, values: Array, end: float, span: tuple[float, float], area: tuple[int, ...]
) -> list[tuple[float, float] | None]:
    left, top, right, bottom = area
    x = left + times / end * (right - left)
    y = bottom - (values - span[0]) / (span[1] - span[0]) * (bottom - top)
    return [(float(a), float(b)) if math.isfinite(b) else None for a, b in zip(x, y, strict=True)]


def _line(draw: ImageDraw.ImageDraw, series: Series, points: list[tuple[float, float] | None]) -> None:
    reach = series.width * OVERSAMPLING
    if series.dots:
        for x, y in (point for point in points if point is not None):
            draw.ellipse((x - reach, y - reach, x + reach, y + reach), series.colour)
        return
    piece: list[tuple[float, float]] = []
    for point in [*points, None]:
        if point is not None:
            piece.append(point)
        elif piece:
            if len(piece) > 1:
                draw.line(piece, series.colour, round(reach), "curve")
            piece = []


def _words(draw: ImageDraw.ImageDraw, chart: Chart, width: int) -> None:
    scale, y = OVERSAMPLING, 15 * OVERSAMPLING
    free = float((width - RIGHT) * scale)
    marks = [(series.label, series.colour) for series in chart.series] + [(chart.level_label, palette.FAILED)]
    for label, colour in reversed([mark for mark in marks if mark[0]]):
        length = draw.textlength(label, palette.font(12 * scale))
        text(draw, (free, y), label, 12 * scale, palette.MUTED, "rm")
        free -= length + 6 * scale
        draw.line((free - 14 * scale, y, free, y), colour, 3 * scale)
        free -= 26 * scale
    x = text(draw, (LEFT * scale, y), chart.title, 15 * scale, palette.INK, "lm") + 6 * scale
    if x + draw.textlength(chart.unit, palette.font(13 * scale)) <= free:
        text(draw, (x, y), chart.unit, 13 * scale, palette.MUTED, "lm")

"""The picture of a walk: moments of it, what was inferred, how fast it was planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image as PillowImage
from PIL import ImageDraw

from hyperdynamics_cli.demo.walk_charts import charts, ground_words, known_words
from hyperdynamics_cli.demo.walk_recording import WalkRecording
from hyperdynamics_cli.demo.walk_replay import WalkTrack, spec_of
from hyperdynamics_cli.drawing import palette
from hyperdynamics_cli.drawing.chart import draw_chart
from hyperdynamics_cli.drawing.layout import fitted, text
from hyperdynamics_cli.drawing.records import Image

WIDTH, GAP, HEADER, FOOTER = 1400, 32, 104, 116
HEIGHTS = (190, 220, 170, 190)
"""Of the charts, pixels."""
CROP = 0.62
"""Width of a still, parts of its picture: the robot is in the middle."""


def save_walk_summary(
    path: Path, recording: WalkRecording, track: WalkTrack, figures: Mapping[str, Any], stills: Sequence[Image]
) -> None:
    """Draw and write the picture; stills: of the film, none where there is none."""
    strip = _strip(stills)
    top = HEADER + (strip.height + 20 if strip else 0)
    picture = PillowImage.new("RGB", (WIDTH, top + sum(HEIGHTS) + FOOTER), palette.PAGE)
    draw = ImageDraw.Draw(picture)
    _header(draw, recording, figures)
    if strip:
        picture.paste(strip, (GAP, HEADER))
    for chart, height in zip(charts(recording, track), HEIGHTS, strict=True):
        picture.paste(draw_chart(chart, (WIDTH - 2 * GAP, height)), (GAP, top))
        top += height
    _figures(draw, figures, top)
    temporary = path.with_name(f"{path.stem}.part{path.suffix}")
    picture.save(temporary)
    temporary.replace(path)


def _strip(stills: Sequence[Image]) -> PillowImage.Image | None:
    """The stills side by side, cut to their middle."""
    if not stills:
        return None
    each = (WIDTH - 2 * GAP - 8 * (len(stills) - 1)) // len(stills)
    strip = None
    for index, still in enumerate(stills):
        picture = PillowImage.fromarray(still)
        half = CROP * picture.width / 2
        cut = picture.crop((round(picture.width / 2 - half), 0, round(picture.width / 2 + half), picture.height))
        small = cut.resize((each, round(cut.height * each / cut.width)), PillowImage.Resampling.LANCZOS)
        strip = strip or PillowImage.new("RGB", (WIDTH - 2 * GAP, small.height), palette.PAGE)
        strip.paste(small, (index * (each + 8), 0))
    return strip


def _header(draw: ImageDraw.ImageDraw, recording: WalkRecording, figures: Mapping[str, Any]) -> None:
    spec = spec_of(recording)
    text(draw, (GAP, 38), f"{spec.task}: {ground_words(spec)}", 26, anchor="lm")
    search = f"{figures['planner'].replace('_', ' ')}, {figures['candidates']:g} candidates"
    about = f"{known_words(spec)}; {search}; {figures['model']}"
    text(draw, (GAP, 74), fitted(draw, about, 16, WIDTH - 2 * GAP), 16, palette.MUTED, "lm")


def _figures(draw: ImageDraw.ImageDraw, figures: Mapping[str, Any], top: int) -> None:
    def number(name: str, form: str) -> str:
        value = figures[name]
        return "-" if value is None or value != value else format(value, form)

    entries = (
        (number("return", ".1f"), f"return over {figures['steps']} steps"),
        (f"{number('distance', '.2f')} m", f"in {number('duration', '.1f')} s"),
        (f"{number('speed_mean', '.2f')} m/s", "mean speed"),
        (f"{number('control_rate', '.0f')} Hz", f"control rate (wanted {figures['wanted_rate']:.0f})"),
        (f"{number('planning_ms_p95', '.1f')} ms", f"planning, p95 (median {number('planning_ms_p50', '.1f')} ms)"),
        (str(figures["missed_deadlines"]), f"of {figures['steps']} deadlines missed"),
    )  # fmt: skip
    draw.line((GAP, top + 14, WIDTH - GAP, top + 14), palette.LINE, 2)
    each = (WIDTH - 2 * GAP) / len(entries)
    for index, (value, words) in enumerate(entries):
        text(draw, (GAP + index * each, top + 48), value, 30, anchor="lm")
        text(draw, (GAP + index * each, top + 82), fitted(draw, words, 13, each - 10), 13, palette.MUTED, "lm")

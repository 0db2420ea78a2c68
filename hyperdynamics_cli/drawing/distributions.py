"""What a data set holds at a glance: paths, and a histogram of every number of state and action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageDraw

from hyperdynamics_cli.drawing import palette
from hyperdynamics_cli.drawing.layout import fitted, text
from hyperdynamics_cli.drawing.palette import Colour
from hyperdynamics_core.systems.system import System

Array = NDArray[np.float32]
WIDTH, MARGIN = 1280, 24
PATHS_HEIGHT = 420
PER_ROW, PANEL_HEIGHT = 5, 120
BINS = 40
MOST_PATHS = 200
"""More of them hide one another."""


@dataclass(frozen=True)
class Columns:
    """The numbers of a data set, by name."""

    title: str
    paths_title: str
    paths: Sequence[Array]
    """[T, 2] each: to the right and up."""
    states: dict[str, Array]
    """Name and unit -> all values."""
    actions: dict[str, Array]

    @staticmethod
    def of(
        title: str, paths_title: str, paths: Sequence[Array], system: System, states: Sequence[Array],
        actions: Sequence[Array],
    ) -> Columns:  # fmt: skip
        """From trajectories: states [T + 1, n_s] and actions [T, n_a] each."""
        every_state, every_action = np.concatenate(states), np.concatenate(actions)
        named = [
            {
                f"{each.name}{'' if each.unit == '1' else f' ({each.unit})'}": values[:, index]
                for index, each in enumerate(dimensions)
            }
            for dimensions, values in (
                (system.state_dimensions, every_state),
                (system.action_dimensions, every_action),
            )
        ]
        return Columns(title, paths_title, paths, named[0], named[1])

    def ranges(self) -> dict[str, tuple[float, float, float]]:
        """Name -> least, median, greatest value."""
        return {
            name: (float(values.min()), float(np.median(values)), float(values.max()))
            for name, values in {**self.states, **self.actions}.items()
        }


def draw_distributions(columns: Columns) -> PillowImage.Image:
    """The picture, 1280 pixels wide."""
    panels = [(name, values, palette.REAL) for name, values in columns.states.items()]
    panels += [(name, values, palette.CHOSEN) for name, values in columns.actions.items()]
    rows = -(-len(panels) // PER_ROW)
    top = 60 + PATHS_HEIGHT + MARGIN
    picture = PillowImage.new("RGB", (WIDTH, top + rows * (PANEL_HEIGHT + MARGIN)), palette.PAGE)
    draw = ImageDraw.Draw(picture)
    text(draw, (MARGIN, 18), columns.title, 24)
    _paths(draw, columns, (MARGIN, 60, WIDTH - MARGIN, 60 + PATHS_HEIGHT))
    width = (WIDTH - MARGIN) // PER_ROW - MARGIN
    for index, (name, values, colour) in enumerate(panels):
        left = MARGIN + index % PER_ROW * (width + MARGIN)
        upper = top + index // PER_ROW * (PANEL_HEIGHT + MARGIN)
        _histogram(draw, name, values, colour, (left, upper, left + width, upper + PANEL_HEIGHT))
    return picture


def _paths(draw: ImageDraw.ImageDraw, columns: Columns, box: tuple[int, int, int, int]) -> None:
    """All paths with one scale on each axis, that of the farthest ones."""
    left, top, right, bottom = box
    shown = columns.paths[:MOST_PATHS]
    points = np.concatenate(shown)
    low, high = points.min(axis=0), points.max(axis=0)
    span = np.maximum(high - low, 1e-9)
    draw.rectangle(box, outline=palette.EDGE)
    for path in shown:
        share = (path - low) / span
        x = left + 6 + share[:, 0] * (right - left - 12)
        y = bottom - 6 - share[:, 1] * (bottom - top - 60)
        draw.line([*zip(x.tolist(), y.tolist(), strict=True)], palette.CANDIDATE, 1)
        draw.ellipse((x[-1] - 2, y[-1] - 2, x[-1] + 2, y[-1] + 2), palette.CHOSEN)
    of_all = f", {len(shown)} of {len(columns.paths)}" if len(shown) < len(columns.paths) else ""
    words = f"{columns.paths_title}{of_all}: {low[0]:.3g} to {high[0]:.3g}, {low[1]:.3g} to {high[1]:.3g}"
    text(draw, (left + 10, top + 8), words, 16, palette.MUTED)


def _histogram(
    draw: ImageDraw.ImageDraw, name: str, values: Array, colour: Colour, box: tuple[int, int, int, int]
) -> None:
    left, top, right, bottom = box
    counts, edges = np.histogram(values.astype(np.float64), bins=BINS)
    floor, tallest = bottom - 18, max(int(counts.max()), 1)
    for index, count in enumerate(counts):
        x = left + (right - left) * np.array((index, index + 1)) / BINS
        height = (floor - top - 22) * count / tallest
        if count:
            draw.rectangle((x[0], floor - max(height, 1.0), x[1] - 1, floor), colour)
    draw.line((left, floor, right, floor), palette.EDGE)
    text(draw, (left, top), fitted(draw, name, 14, right - left), 14)
    text(draw, (left, floor + 3), f"{edges[0]:.3g}", 12, palette.MUTED)
    text(draw, (right, floor + 3), f"{edges[-1]:.3g}", 12, palette.MUTED, "ra")

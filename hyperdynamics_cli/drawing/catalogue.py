"""A picture of objects from above, each with its name, split and size."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from hyperdynamics_cli.drawing import palette
from hyperdynamics_cli.drawing.canvas import Canvas
from hyperdynamics_cli.drawing.layout import text
from hyperdynamics_cli.drawing.outlines import outline_of
from hyperdynamics_cli.drawing.plan_view import draw_object
from hyperdynamics_cli.drawing.records import Pose
from sim_bridges.pushing.objects import NOVEL

CELL, CAPTION, COLUMNS, MARGIN = 190, 40, 8, 24
HALF = 0.075
"""Half the side of a cell, m."""


def draw_catalogue(names: Sequence[str]) -> Image.Image:
    """Silhouettes at one scale, eight a row."""
    columns, rows = min(COLUMNS, len(names)), math.ceil(len(names) / COLUMNS)
    size = 2 * MARGIN + columns * CELL, 2 * MARGIN + rows * (CELL + CAPTION)
    picture = Image.new("RGB", size, palette.PAGE)
    draw = ImageDraw.Draw(picture)
    for index, name in enumerate(names):
        row, column = divmod(index, COLUMNS)
        x, y = MARGIN + column * CELL, MARGIN + row * (CELL + CAPTION)
        picture.paste(_cell(name), (x, y))
        novel = name in NOVEL
        text(draw, (x + CELL / 2, y + CELL + 12), name, 17, anchor="mm")
        words, colour = ("test", palette.CHOSEN) if novel else ("training", palette.MUTED)
        text(draw, (x + CELL / 2, y + CELL + 29), words, 12, colour, "mm")
    return picture


def _cell(name: str) -> Image.Image:
    canvas = Canvas(CELL, HALF, fill=palette.PAGE)
    outline = outline_of(name)
    points = np.concatenate(outline.rings)
    x, y = 0.5 * (points.min(axis=0) + points.max(axis=0))
    draw_object(canvas, outline, Pose(-float(x), -float(y), 0.0))
    return canvas.reduced()

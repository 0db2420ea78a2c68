"""Small pieces that several pictures share: text, images in boxes, legends, bars."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image as PillowImage
from PIL import ImageDraw

from hyperdynamics_cli.drawing import palette
from hyperdynamics_cli.drawing.palette import Colour
from hyperdynamics_cli.drawing.records import Image

LEGEND: tuple[tuple[str, Colour, str], ...] = (
    ("candidates", palette.CANDIDATE, "line"),
    ("chosen plan", palette.CHOSEN, "line"),
    ("predicted", palette.PREDICTED, "dashes"),
    ("real path", palette.REAL, "line"),
    ("goal, 4 cm", palette.GOAL, "ring"),
    ("obstacle", palette.OBSTACLE, "area"),
    ("rod", palette.ROD, "dot"),
)
"""Word, colour and kind of mark."""


def text(
    draw: ImageDraw.ImageDraw,
    at: tuple[float, float],
    words: str,
    size: int,
    colour: Colour = palette.INK,
    anchor: str = "la",
) -> float:
    """Write words and return where they end, in pixels from the left."""
    font = palette.font(size)
    draw.text(at, words, colour, font, anchor=anchor)
    return at[0] + draw.textlength(words, font)


def fitted(draw: ImageDraw.ImageDraw, words: str, size: int, width: float) -> str:
    """Words shortened with an ellipsis until they fit a width in pixels."""
    font = palette.font(size)
    if draw.textlength(words, font) <= width:
        return words
    while words and draw.textlength(words + "...", font) > width:
        words = words[:-1]
    return words.rstrip() + "..."


def image_box(image: Image | None, size: int) -> PillowImage.Image:
    """A camera's image in a square; a plain one with a word where there is none."""
    if image is not None:
        picture = PillowImage.fromarray(image).convert("RGB")
        side = min(picture.size)
        left, top = (picture.width - side) // 2, (picture.height - side) // 2
        return picture.crop((left, top, left + side, top + side)).resize((size, size), PillowImage.Resampling.BICUBIC)
    box = PillowImage.new("RGB", (size, size), palette.TABLE)
    text(ImageDraw.Draw(box), (size / 2, size / 2), "no image", 20, palette.MUTED, "mm")
    return box


def legend(draw: ImageDraw.ImageDraw, at: tuple[float, float], size: int = 14, words: Sequence[str] = ()) -> float:
    """The marks with their meaning in a row (all, or those named); returns where it ends."""
    x, y = at
    for name, colour, kind in LEGEND:
        if words and name not in words:
            continue
        _mark(draw, x, y, colour, kind)
        x = text(draw, (x + 31, y), name, size, palette.MUTED, "lm") + 15
    return x


def _mark(draw: ImageDraw.ImageDraw, x: float, y: float, colour: Colour, kind: str) -> None:
    if kind == "line":
        draw.line((x, y, x + 24, y), colour, 3)
    elif kind == "dashes":
        draw.line((x, y, x + 9, y), colour, 3)
        draw.line((x + 15, y, x + 24, y), colour, 3)
    elif kind == "ring":
        draw.ellipse((x + 4, y - 8, x + 20, y + 8), palette.GOAL_FILL, colour, 2)
    elif kind == "area":
        draw.rectangle((x + 4, y - 7, x + 20, y + 7), palette.OBSTACLE_FILL, colour, 2)
    else:
        draw.ellipse((x + 7, y - 5, x + 17, y + 5), colour)


def frame(draw: ImageDraw.ImageDraw, at: tuple[int, int], size: int) -> None:
    """A thin frame around a square picture."""
    draw.rectangle((at[0] - 1, at[1] - 1, at[0] + size, at[1] + size), outline=palette.LINE)


def bar(draw: ImageDraw.ImageDraw, box: tuple[float, float, float, float], share: float, colour: Colour) -> None:
    """A bar filled to a share between 0 and 1."""
    left, top, right, bottom = box
    draw.rounded_rectangle(box, (bottom - top) / 2, palette.LINE)
    end = left + min(max(share, 0.0), 1.0) * (right - left)
    if end - left > bottom - top:
        draw.rounded_rectangle((left, top, end, bottom), (bottom - top) / 2, colour)


def centimetres(metres: float) -> str:
    """``12.3 cm``, or a dash where it is not known."""
    return f"{100 * metres:.1f} cm" if math.isfinite(metres) else "-"


def milliseconds(value: float) -> str:
    """``35 ms``, or a dash where it is not known."""
    return f"{value:.0f} ms" if math.isfinite(value) else "-"

"""Colours and letters of every picture."""

from __future__ import annotations

from functools import lru_cache

from PIL import ImageFont

Colour = tuple[int, int, int]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

PAGE: Colour = (255, 255, 255)
TABLE: Colour = (246, 244, 239)
GRID: Colour = (229, 225, 216)
EDGE: Colour = (176, 170, 158)
INK: Colour = (31, 36, 43)
MUTED: Colour = (104, 112, 124)
LINE: Colour = (222, 225, 230)
GOAL: Colour = (22, 148, 84)
GOAL_FILL: Colour = (214, 238, 224)
OBSTACLE: Colour = (92, 100, 112)
OBSTACLE_FILL: Colour = (196, 200, 207)
CANDIDATE: Colour = (158, 188, 232)
CHOSEN: Colour = (29, 104, 220)
PREDICTED: Colour = (150, 60, 210)
REAL: Colour = (232, 89, 12)
ROD: Colour = (205, 35, 55)
FAILED: Colour = (196, 40, 40)


@lru_cache(maxsize=32)
def font(size: int) -> Font:
    """Pillow's own sans serif at a size in pixels: the same on every machine."""
    return ImageFont.load_default(size)


def rgb(colour: tuple[float, float, float]) -> Colour:
    """Colour in [0, 1] to 8 bits a channel."""
    red, green, blue = (round(255 * min(max(value, 0.0), 1.0)) for value in colour)
    return red, green, blue


def lighter(colour: Colour, share: float) -> Colour:
    """A colour mixed with white; share 1 is white."""
    red, green, blue = (round(value + share * (255 - value)) for value in colour)
    return red, green, blue

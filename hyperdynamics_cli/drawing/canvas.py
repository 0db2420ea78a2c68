"""The table from above as pixels: x up, y left, as seen from behind the robot."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from hyperdynamics_cli.drawing.palette import Colour
from hyperdynamics_cli.drawing.records import Outline, Pose

Array = NDArray[np.float64]
OVERSAMPLING = 2
"""Drawn this much larger and reduced at the end: smooth edges."""


class Canvas:
    """A square piece of the world to draw on."""

    def __init__(
        self, size: int, half: float, background: Image.Image | None = None, fill: Colour = (255, 255, 255)
    ) -> None:
        """A picture of size x size pixels that shows half metres to each side of the table's centre."""
        self.size, self.half = size, half
        self.scale = OVERSAMPLING * size / (2 * half)
        large = OVERSAMPLING * size
        self.large = background.copy() if background is not None else Image.new("RGB", (large, large), fill)
        self._draw = ImageDraw.Draw(self.large)

    def pixels(self, points: Array) -> list[tuple[float, float]]:
        """World points [n, 2] (m) to pixels of the large picture."""
        away = (self.half - np.asarray(points, dtype=np.float64)) * self.scale
        return [(float(column), float(row)) for row, column in away]

    def width(self, pixels: float) -> int:
        """A line width given for the reduced picture."""
        return max(1, round(OVERSAMPLING * pixels))

    def line(self, points: Array, colour: Colour, width: float) -> None:
        """An unbroken line with round joints."""
        if len(points) > 1:
            self._draw.line(self.pixels(points), fill=colour, width=self.width(width), joint="curve")

    def dashed(self, points: Array, colour: Colour, width: float, dash: float = 0.009, gap: float = 0.006) -> None:
        """A dashed line; dash and gap in m."""
        for piece in dashes(points, dash, gap):
            self.line(piece, colour, width)

    def polygon(self, points: Array, fill: Colour | None, outline: Colour | None = None, width: float = 1.5) -> None:
        """A closed area."""
        corners = self.pixels(points)
        self._draw.polygon(corners, fill=fill)
        if outline is not None:
            closed = [*corners, corners[0], corners[1]]
            self._draw.line(closed, fill=outline, width=self.width(width), joint="curve")

    def circle(
        self,
        centre: Sequence[float],
        radius: float,
        fill: Colour | None,
        outline: Colour | None = None,
        width: float = 2,
    ) -> None:
        """A circle of a radius in m."""
        column, row = self.pixels(np.array([centre[:2]]))[0]
        reach = radius * self.scale
        corners = (column - reach, row - reach, column + reach, row + reach)
        self._draw.ellipse(corners, fill=fill, outline=outline, width=self.width(width))

    def dot(self, centre: Sequence[float], pixels: float, fill: Colour, outline: Colour | None = None) -> None:
        """A dot of a radius in pixels of the reduced picture."""
        self.circle(centre, OVERSAMPLING * pixels / self.scale, fill, outline, 1.5)

    def thing(self, outline: Outline, pose: Pose, fill: Colour, edge: Colour, hole: Colour, width: float = 1.5) -> None:
        """An object seen from above at a pose."""
        for ring in outline.rings:
            self.polygon(placed(ring, pose), fill, edge, width)
        for ring in outline.holes:
            self.polygon(placed(ring, pose), hole, edge, width)

    def reduced(self) -> Image.Image:
        """The picture at its final size."""
        return self.large.reduce(OVERSAMPLING)


def placed(points: Array, pose: Pose) -> Array:
    """Points [n, 2] of an object's own frame at its pose in the world, m."""
    cosine, sine = math.cos(pose.yaw), math.sin(pose.yaw)
    turned = np.asarray(points) @ np.array([[cosine, sine], [-sine, cosine]])
    return np.asarray(turned + np.array([pose.x, pose.y]))


def dashes(points: Array, dash: float, gap: float) -> list[Array]:
    """Pieces [n, 2] of a path that are drawn, dash long with gaps between, measured along the path (m)."""
    points = np.asarray(points, dtype=np.float64)
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    along = np.concatenate(([0.0], np.cumsum(steps)))
    if len(points) < 2 or along[-1] <= 0.0:
        return []
    pieces = []
    for start in np.arange(0.0, along[-1], dash + gap):
        end = min(start + dash, along[-1])
        inner = (along > start) & (along < end)
        at = np.concatenate(([start], along[inner], [end]))
        pieces.append(np.stack([np.interp(at, along, points[:, axis]) for axis in (0, 1)], axis=1))
    return pieces

"""The plan from above: table, obstacles, goal, object, and the paths of planner and object."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

from hyperdynamics_cli.drawing import palette
from hyperdynamics_cli.drawing.canvas import Canvas
from hyperdynamics_cli.drawing.records import Array, Moment, Outline, Overlay, Pose, SceneRecord

TABLE_HALF = 0.30
"""m."""
VIEW_HALF = 0.33
"""Half the side of the shown square, m."""
GRID_STEP = 0.10
"""m."""
ROD_RADIUS = 0.010
"""m."""


def plan_view(scene: SceneRecord, moment: Moment, size: int) -> Image.Image:
    """One moment from above, size x size pixels."""
    canvas = Canvas(size, VIEW_HALF, background(scene, size))
    draw_overlay(canvas, moment.overlay)
    draw_object(canvas, scene.object, moment.pose)
    draw_goal(canvas, scene.goal, scene.tolerance, None)
    if moment.overlay.chosen is not None:
        canvas.line(moment.overlay.chosen, palette.CHOSEN, 2.5)
    if moment.overlay.predicted is not None:
        canvas.dashed(moment.overlay.predicted, palette.PREDICTED, 2.5)
    canvas.circle(moment.rod, ROD_RADIUS, palette.ROD, palette.PAGE, 1.5)
    return canvas.reduced()


def path_view(scene: SceneRecord, path: Array, final: Pose | None, size: int) -> Image.Image:
    """A whole way from above: where the object started, every step, where it ended."""
    canvas = Canvas(size, VIEW_HALF, background(scene, size))
    _ghost(canvas, scene.object, scene.start)
    if final is not None:
        draw_object(canvas, scene.object, final)
        draw_goal(canvas, scene.goal, scene.tolerance, None)
    canvas.line(path, palette.REAL, 2.5)
    for point in path[1:]:
        canvas.dot(point, 3.0, palette.REAL, palette.PAGE)
    canvas.dot((scene.start.x, scene.start.y), 4.0, palette.INK, palette.PAGE)
    return canvas.reduced()


def background(scene: SceneRecord, size: int) -> Image.Image:
    """Table, grid, goal and obstacles, at the canvas's large size; drawn once a scene."""
    return _background(scene, size)


@lru_cache(maxsize=16)
def _background(scene: SceneRecord, size: int) -> Image.Image:
    canvas = Canvas(size, VIEW_HALF, fill=palette.PAGE)
    corner = np.array([[1, 1], [1, -1], [-1, -1], [-1, 1]]) * TABLE_HALF
    canvas.polygon(corner, palette.TABLE)
    for at in np.arange(-TABLE_HALF + GRID_STEP, TABLE_HALF - 1e-9, GRID_STEP):
        canvas.line(np.array([[at, -TABLE_HALF], [at, TABLE_HALF]]), palette.GRID, 1.0)
        canvas.line(np.array([[-TABLE_HALF, at], [TABLE_HALF, at]]), palette.GRID, 1.0)
    canvas.polygon(corner, None, palette.EDGE, 1.5)
    draw_goal(canvas, scene.goal, scene.tolerance)
    for outline, pose in scene.obstacles:
        canvas.thing(outline, pose, palette.OBSTACLE_FILL, palette.OBSTACLE, palette.TABLE, 2.0)
    _robot(canvas)
    return canvas.large


def draw_goal(
    canvas: Canvas, goal: Sequence[float], tolerance: float, fill: palette.Colour | None = palette.GOAL_FILL
) -> None:
    """The place to reach and how near is near enough."""
    canvas.circle(goal, tolerance, fill, palette.GOAL, 2.0)
    for step in (np.array([0.008, 0.0]), np.array([0.0, 0.008])):
        canvas.line(np.array([np.array(goal) - step, np.array(goal) + step]), palette.GOAL, 2.0)


def draw_overlay(canvas: Canvas, overlay: Overlay) -> None:
    """What lies under the object: the candidates, and the real way above them."""
    for path in overlay.candidates:
        canvas.line(path, palette.CANDIDATE, 1.0)
    if overlay.real is not None:
        canvas.line(overlay.real, palette.REAL, 2.5)


def draw_object(canvas: Canvas, outline: Outline, pose: Pose) -> None:
    """The object in its own colour, with a dot at its reference point."""
    canvas.thing(outline, pose, palette.lighter(palette.rgb(outline.colour), 0.25), palette.INK, palette.TABLE)
    canvas.dot((pose.x, pose.y), 2.5, palette.INK)


def _ghost(canvas: Canvas, outline: Outline, pose: Pose) -> None:
    colour = palette.rgb(outline.colour)
    canvas.thing(outline, pose, palette.lighter(colour, 0.75), palette.lighter(colour, 0.35), palette.TABLE)


def _robot(canvas: Canvas) -> None:
    """Where the robot stands: behind the lower edge."""
    draw = ImageDraw.Draw(canvas.large)
    large = canvas.large.width
    size = canvas.width(11)
    draw.text((large / 2, large - size * 0.2), "robot", palette.MUTED, palette.font(size), anchor="md")
    edge = -VIEW_HALF
    for side in (-0.05, 0.05):
        tip = np.array([[edge + 0.012, side - 0.008], [edge + 0.022, side], [edge + 0.012, side + 0.008]])
        canvas.line(tip, palette.MUTED, 1.5)

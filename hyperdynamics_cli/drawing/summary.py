"""The picture of a whole run: every goal's way from above, the camera's view, the figures."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image as PillowImage
from PIL import ImageDraw

from hyperdynamics_cli.drawing import palette
from hyperdynamics_cli.drawing.figures import RunFigures, run_figures
from hyperdynamics_cli.drawing.layout import centimetres, fitted, frame, image_box, legend, milliseconds, text
from hyperdynamics_cli.drawing.plan_view import path_view
from hyperdynamics_cli.drawing.records import GoalRecord

PANEL = 540
GAP = 36
TITLE = 66
HEADER = 116
FOOTER = 138
MOST_GOALS = 5
COLUMNS = 3


def draw_summary(records: Sequence[GoalRecord], title: str) -> PillowImage.Image:
    """The picture; of more than five goals the first five are drawn and all are counted.

    Args:
        records: of the goals that were answered.
        title: over it.

    Raises:
        ValueError: no record at all.
    """
    if not records:
        raise ValueError("a summary needs at least one goal")
    shown = list(records[:MOST_GOALS])
    columns = min(COLUMNS, len(shown) + 1)
    rows = math.ceil((len(shown) + 1) / columns)
    width = max(columns * PANEL + (columns + 1) * GAP, 2 * PANEL + 3 * GAP)
    picture = PillowImage.new("RGB", (width, HEADER + rows * (TITLE + PANEL) + FOOTER), palette.PAGE)
    draw = ImageDraw.Draw(picture)
    _header(draw, title, width)
    for index, record in enumerate(shown):
        _goal_panel(picture, draw, record, _corner(index, columns))
    _camera_panel(picture, draw, shown[-1], _corner(len(shown), columns))
    _figures(draw, run_figures(records), len(shown), (width, picture.height))
    return picture


def _corner(index: int, columns: int) -> tuple[int, int]:
    row, column = divmod(index, columns)
    return GAP + column * (PANEL + GAP), HEADER + row * (TITLE + PANEL) + TITLE


def _header(draw: ImageDraw.ImageDraw, title: str, width: int) -> None:
    text(draw, (GAP, 28), fitted(draw, title, 32, width - 2 * GAP), 32)
    end = legend(draw, (GAP, 92), 16, ("real path", "goal, 4 cm", "obstacle"))
    text(draw, (end + 6, 92), "pale: start; from above, robot below, grid 10 cm", 16, palette.MUTED, "lm")


def _goal_panel(
    picture: PillowImage.Image, draw: ImageDraw.ImageDraw, record: GoalRecord, corner: tuple[int, int]
) -> None:
    x, y = corner
    picture.paste(path_view(record.scene, record.path, record.final, PANEL), corner)
    frame(draw, corner, PANEL)
    words = f"{record.scene.number}  {record.scene.object.name}"
    end = text(draw, (x, y - 38), words, 22, anchor="lm")
    kind = "with obstacles" if record.scene.obstacles else ""
    text(draw, (end + 12, y - 37), kind, 16, palette.MUTED, "lm")
    colour = palette.GOAL if record.success else palette.FAILED
    result = f"{centimetres(record.final_distance)} from the goal" if record.success else "not reached"
    text(draw, (x + PANEL, y - 38), result, 20, colour, "rm")
    about = f"{record.steps} pushes" if record.success else f"{record.steps} pushes: {record.message}"
    text(draw, (x, y - 14), fitted(draw, about, 15, PANEL), 15, palette.MUTED, "lm")


def _camera_panel(
    picture: PillowImage.Image, draw: ImageDraw.ImageDraw, record: GoalRecord, corner: tuple[int, int]
) -> None:
    x, y = corner
    picture.paste(image_box(record.image, PANEL), corner)
    frame(draw, corner, PANEL)
    view = f"camera {record.scene.camera}" if record.scene.camera >= 0 else "camera"
    text(draw, (x, y - 38), f"what {view} saw at the end of goal {record.scene.number}", 20, anchor="lm")
    text(draw, (x, y - 14), "all that perception gets, with its depth image", 15, palette.MUTED, "lm")


def _figures(draw: ImageDraw.ImageDraw, figures: RunFigures, shown: int, size: tuple[int, int]) -> None:
    width, height = size
    low, high = figures.success_ci95
    reached = round(figures.success_rate * figures.goals)
    entries = (
        (f"{reached} of {figures.goals}", f"reached (95 %: {low:.2f} to {high:.2f})"),
        (centimetres(figures.final_distance_mean), "from the goal where reached"),
        (f"{figures.steps_mean:.1f}", "pushes a goal, probing included"),
        (centimetres(figures.prediction_error_mean), "error of predicted motion"),
        (milliseconds(figures.planning_ms_p95), "planning time, 95th percentile"),
    )
    top = height - FOOTER + 28
    draw.line((GAP, top - 8, width - GAP, top - 8), palette.LINE, 2)
    each = (width - 2 * GAP) / len(entries)
    for index, (value, words) in enumerate(entries):
        text(draw, (GAP + index * each, top + 30), value, 36, anchor="lm")
        text(draw, (GAP + index * each, top + 66), fitted(draw, words, 15, each - 12), 15, palette.MUTED, "lm")
    if figures.goals > shown:
        text(draw, (GAP, top + 92), f"the first {shown} goals are drawn", 14, palette.MUTED, "lm")

"""One frame of the video: the camera's view beside the plan from above, with the figures below."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw

from hyperdynamics_cli.drawing import palette
from hyperdynamics_cli.drawing.layout import bar, centimetres, fitted, frame, image_box, legend, milliseconds, text
from hyperdynamics_cli.drawing.plan_view import plan_view
from hyperdynamics_cli.drawing.records import Image, Moment, SceneRecord

WIDTH, HEIGHT = 1280, 720
PANEL = 560
TOP = 78
LEFT, RIGHT = 48, WIDTH - 48 - PANEL
LEGEND_LEFT = 486
INSET = 168
"""Side of the small picture of what perception sees, pixels."""
PHASES = {
    "waiting": "looking",
    "probing": "probing: pushes in random directions",
    "pushing": "planning and pushing",
    "stopped": "stopped",
}


@dataclass(frozen=True)
class Banner:
    """The last word over a frame."""

    words: str
    success: bool


def draw_frame(
    scene: SceneRecord, moment: Moment, goals: int, subtitle: str = "", banner: Banner | None = None
) -> Image:
    """A frame [720, 1280, 3].

    Args:
        scene: the goal's scene.
        moment: what is shown of it.
        goals: how many goals there are in all.
        subtitle: more about the object, e.g. that it was never seen in training.
        banner: the result, at the end.
    """
    picture = PillowImage.new("RGB", (WIDTH, HEIGHT), palette.PAGE)
    draw = ImageDraw.Draw(picture)
    _header(draw, scene, goals, subtitle)
    picture.paste(image_box(moment.image, PANEL), (LEFT, TOP))
    picture.paste(plan_view(scene, moment, PANEL), (RIGHT, TOP))
    for x in (LEFT, RIGHT):
        frame(draw, (x, TOP), PANEL)
    if moment.inset is not None:
        _inset(picture, draw, moment.inset)
    _captions(draw, scene, moment)
    _figures(draw, scene, moment)
    legend(draw, (LEGEND_LEFT, HEIGHT - 22), 13)
    if banner is not None:
        _banner(draw, banner)
    return np.asarray(picture)


def _header(draw: ImageDraw.ImageDraw, scene: SceneRecord, goals: int, subtitle: str) -> None:
    end = text(draw, (LEFT, 24), "HyperDynamics", 28)
    text(draw, (end + 18, 33), "a dynamics model generated for the object at hand", 16, palette.MUTED)
    words = f"goal {scene.number} of {goals}: {scene.object.name}"
    text(draw, (WIDTH - LEFT, 22), words, 22, anchor="ra")
    text(draw, (WIDTH - LEFT, 50), subtitle, 15, palette.MUTED, "ra")


def _inset(picture: PillowImage.Image, draw: ImageDraw.ImageDraw, image: Image) -> None:
    corner = (LEFT + 10, TOP + 34)
    picture.paste(image_box(image, INSET), corner)
    draw.rectangle((corner[0] - 2, corner[1] - 2, corner[0] + INSET + 1, corner[1] + INSET + 1), None, palette.PAGE, 2)


def _captions(draw: ImageDraw.ImageDraw, scene: SceneRecord, moment: Moment) -> None:
    camera = f"camera {scene.camera}: all that perception sees" if scene.camera >= 0 else "camera"
    _caption(draw, (LEFT + 8, TOP + 8), camera)
    _caption(draw, (RIGHT + 8, TOP + 8), "from above, grid 10 cm")


def _caption(draw: ImageDraw.ImageDraw, at: tuple[int, int], words: str) -> None:
    width = draw.textlength(words, palette.font(14))
    draw.rectangle((at[0], at[1], at[0] + 14 + width, at[1] + 24), palette.PAGE)
    text(draw, (at[0] + 7, at[1] + 12), words, 14, palette.MUTED, "lm")


def _figures(draw: ImageDraw.ImageDraw, scene: SceneRecord, moment: Moment) -> None:
    y = TOP + PANEL + 22
    x = text(draw, (LEFT, y), centimetres(moment.distance), 24, anchor="lm")
    x = text(draw, (x + 8, y), "to the goal", 16, palette.MUTED, "lm")
    start = math.dist((scene.start.x, scene.start.y), scene.goal)
    share = 1.0 - max(moment.distance - scene.tolerance, 0.0) / max(start - scene.tolerance, 1e-6)
    bar(draw, (x + 20, y - 5, LEFT + PANEL, y + 5), share if math.isfinite(share) else 0.0, palette.GOAL)
    push = moment.push
    words = PHASES.get(moment.phase, moment.phase)
    text(draw, (RIGHT, y), words if push is None else f"push {push.step}, {words}", 16, anchor="lm")
    if push is not None:
        _last_push(draw, push.predicted_motion, push.real_motion, push.planning_ms)


def _last_push(draw: ImageDraw.ImageDraw, predicted: float, real: float, planning: float) -> None:
    y, x = HEIGHT - 22, float(LEFT)
    for name, value, colour in (
        ("predicted", centimetres(predicted), palette.PREDICTED),
        ("real", centimetres(real), palette.REAL),
        ("planned in", milliseconds(planning), palette.CHOSEN),
    ):
        x = text(draw, (x, y), name, 15, palette.MUTED, "lm") + 7
        x = text(draw, (x, y), value, 17, colour, "lm") + 24


def _banner(draw: ImageDraw.ImageDraw, banner: Banner) -> None:
    colour = palette.GOAL if banner.success else palette.FAILED
    top = TOP + PANEL - 64
    draw.rectangle((RIGHT, top, RIGHT + PANEL - 1, TOP + PANEL - 1), colour)
    words = fitted(draw, banner.words, 22, PANEL - 32)
    text(draw, (RIGHT + PANEL / 2, top + 32), words, 22, palette.PAGE, "mm")

"""Frames and summaries: right size, something on them, fast enough for a video."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from hyperdynamics_cli.drawing import palette
from hyperdynamics_cli.drawing.frame import HEIGHT, PANEL, RIGHT, TOP, WIDTH, Banner, draw_frame
from hyperdynamics_cli.drawing.plan_view import VIEW_HALF, path_view, plan_view
from hyperdynamics_cli.drawing.records import Moment, Pose
from hyperdynamics_cli.drawing.summary import draw_summary
from tests.cli.drawing.examples import goal, image, moment, path, scene


def count(picture: np.ndarray, colour: palette.Colour, tolerance: int = 12) -> int:
    """Pixels of about a colour."""
    return int((np.abs(picture.astype(int) - colour).max(axis=-1) <= tolerance).sum())


def pixel(at: tuple[float, float], size: int) -> tuple[int, int]:
    """Row and column of a place on the table."""
    return tuple(int((VIEW_HALF - value) / (2 * VIEW_HALF) * size) for value in at)  # type: ignore[return-value]


def test_frame_has_everything() -> None:
    frame = draw_frame(scene(obstacles=True), moment(), 5, "never seen in training")
    assert frame.shape == (HEIGHT, WIDTH, 3) and frame.dtype == np.uint8
    plan = frame[TOP : TOP + PANEL, RIGHT : RIGHT + PANEL]
    for colour in (palette.CANDIDATE, palette.CHOSEN, palette.PREDICTED, palette.REAL, palette.ROD, palette.GOAL):
        assert count(plan, colour) > 15, colour
    assert count(plan, palette.OBSTACLE_FILL) > 2000


def test_frame_at_the_start_and_without_an_image() -> None:
    empty = Moment(Pose(-0.1, 0.12, 0.8), (0.0, 0.2))
    frame = draw_frame(scene(), empty, 1)
    assert count(frame, palette.CHOSEN) < 200  # only the legend's
    assert count(frame[TOP : TOP + PANEL, RIGHT : RIGHT + PANEL], palette.GOAL_FILL) > 1000


@pytest.mark.parametrize("success", [True, False])
def test_banner_says_the_result(success: bool) -> None:
    frame = draw_frame(scene(), moment(), 5, banner=Banner("reached: 2.1 cm " * 5, success))
    assert count(frame, palette.GOAL if success else palette.FAILED) > 20_000


def test_things_are_where_they_are() -> None:
    size = 400
    view = np.asarray(plan_view(scene(), moment(), size))
    row, column = pixel((0.0, 0.12), size)
    assert tuple(view[row, column]) == palette.ROD
    row, column = pixel((0.12 + 0.03, 0.02), size)
    assert tuple(view[row, column]) == palette.GOAL_FILL
    ends = np.asarray(path_view(scene(), path(), Pose(0.1, 0.03, 0.0), size))
    row, column = pixel((-0.1, 0.12), size)
    assert tuple(ends[row, column]) == palette.INK  # start
    assert count(ends, palette.REAL) > 100


def test_a_frame_is_fast_enough() -> None:
    draw_frame(scene(), moment(), 5)
    subject = scene(obstacles=True)
    began = time.process_time()
    for _ in range(5):
        draw_frame(subject, moment(), 5)
    assert (time.process_time() - began) / 5 < 0.1


@pytest.mark.parametrize("goals", [1, 2, 5, 7])
def test_summary(goals: int) -> None:
    records = [replace(goal(number + 1, number % 2 == 0, number == 2), image=None) for number in range(goals)]
    picture = draw_summary(records, "A run")
    assert picture.width >= 1100 and picture.height >= 800
    colours = np.asarray(picture)
    assert count(colours, palette.REAL) > 200 * min(goals, 5)
    assert (count(colours, palette.FAILED) > 50) == (goals > 1)


def test_summary_of_nothing() -> None:
    with pytest.raises(ValueError, match="at least one goal"):
        draw_summary([], "nothing")


def test_camera_image_is_shown() -> None:
    red = np.zeros_like(image())
    red[..., 0] = 255
    frame = draw_frame(scene(), Moment(Pose(0, 0, 0), (0, 0.2), red), 1)
    assert count(frame, (255, 0, 0)) > 300_000
    assert Image.fromarray(frame).size == (1280, 720)

"""World to pixels, dashes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hyperdynamics_cli.drawing.canvas import Canvas, dashes, placed
from hyperdynamics_cli.drawing.records import Pose


def test_x_is_up_and_y_is_left() -> None:
    canvas = Canvas(100, 0.5)
    points = canvas.pixels(np.array([[0.0, 0.0], [0.5, 0.0], [0.0, 0.5], [-0.5, -0.5]]))
    assert np.allclose(points, [(100, 100), (100, 0), (0, 100), (200, 200)])
    assert canvas.reduced().size == (100, 100)


def test_placed_turns_counter_clockwise() -> None:
    assert placed(np.array([[1.0, 0.0]]), Pose(2.0, 3.0, math.pi / 2)) == pytest.approx(np.array([[2.0, 4.0]]))


def test_dashes_cover_their_share_of_the_path() -> None:
    path = np.array([[0.0, 0.0], [0.05, 0.0], [0.05, 0.05]])
    pieces = dashes(path, 0.01, 0.01)
    lengths = [np.linalg.norm(np.diff(piece, axis=0), axis=1).sum() for piece in pieces]
    assert len(pieces) == 5 and lengths == pytest.approx([0.01] * 5)
    assert dashes(path[:1], 0.01, 0.01) == [] and dashes(np.zeros((3, 2)), 0.01, 0.01) == []

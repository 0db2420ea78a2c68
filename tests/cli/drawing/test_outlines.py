"""Silhouettes from above."""

from __future__ import annotations

import numpy as np
import pytest
from shapely.geometry import Polygon

from hyperdynamics_cli.drawing.outlines import outline_of


def test_square_of_the_catalogue() -> None:
    outline = outline_of("mit/rect1")
    (ring,) = outline.rings
    assert np.ptp(ring, axis=0) == pytest.approx([0.09, 0.09], abs=0.002)
    assert Polygon(ring).area == pytest.approx(0.0081, rel=0.03) and not outline.holes


def test_a_handle_shows() -> None:
    with_handle, without = (Polygon(outline_of(name).rings[0]) for name in ("mug/04", "mug/05"))
    assert with_handle.convex_hull.area > 1.1 * with_handle.area
    assert without.convex_hull.area < 1.02 * without.area


def test_unknown() -> None:
    with pytest.raises(ValueError, match="unknown object 'nope'"):
        outline_of("nope")

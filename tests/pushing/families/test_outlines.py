"""The MIT outlines have their published sizes; random ones are cut into convex pieces that cover them."""

import numpy as np
import pytest
from shapely.geometry import MultiPoint, Polygon
from shapely.ops import unary_union

from sim_bridges.pushing.families.outlines import NAMES, convex_pieces, mit_outline, random_outline

SIZES = {
    "rect1": (90, 90),
    "rect2": (90, 112.5),
    "rect3": (120, 80),
    "tri1": (120, 120),
    "tri2": (120, 100),
    "ellip1": (105, 105),
    "ellip3": (80.25, 120),
    "hex": (120, 103.9),
}


@pytest.mark.parametrize("name", SIZES)
def test_sizes_in_millimetres(name: str) -> None:
    assert np.allclose(1e3 * np.ptp(mit_outline(name), axis=0), SIZES[name], atol=0.5)


def test_the_hourglass_has_a_waist() -> None:
    outline = mit_outline("butter")
    waist = np.abs(outline[np.abs(outline[:, 1]) < 0.002, 0]).max()
    assert waist < 0.7 * outline[:, 0].max()


@pytest.mark.parametrize("name", NAMES)
def test_pieces_cover_the_outline_and_little_more(name: str) -> None:
    check_cover(mit_outline(name))


def test_random_outlines_are_covered_too() -> None:
    rng = np.random.default_rng(0)
    for _ in range(100):
        outline = random_outline(rng)
        assert 0.07 <= np.ptp(outline, axis=0).max() <= 0.12 + 1e-9
        check_cover(outline)


def check_cover(outline: np.ndarray) -> None:
    pieces = unary_union([MultiPoint(piece).convex_hull for piece in convex_pieces(outline, np.zeros(2))])
    polygon = Polygon(outline)
    assert polygon.is_valid
    assert pieces.symmetric_difference(polygon).area < 0.03 * polygon.area


def test_unknown_outlines_are_refused() -> None:
    with pytest.raises(KeyError, match="butter"):
        mit_outline("star")

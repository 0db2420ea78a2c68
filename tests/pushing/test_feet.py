"""Feet carry every object, wherever its centre of mass is."""

import numpy as np
import pytest
from shapely.geometry import MultiPoint, Point

from sim_bridges.pushing.feet import COUNT, HEIGHT, foot_places, on_feet
from sim_bridges.pushing.objects import FAMILIES, load_object, object_names, random_member


def carries(places: np.ndarray, point: np.ndarray) -> bool:
    return bool(MultiPoint(places).convex_hull.buffer(-0.002).contains(Point(*point)))


@pytest.mark.parametrize("name", object_names())
def test_the_shifted_centre_of_mass_stays_between_the_feet(name: str) -> None:
    item = load_object(name)
    places = foot_places(item.vertices)
    assert 3 <= len(places) <= COUNT
    for sign in ((-1, -1), (-1, 1), (1, -1), (1, 1)):
        assert carries(places, 0.15 * np.array(sign) * item.half_extents[:2])


@pytest.mark.parametrize("family", FAMILIES)
def test_random_members_stand_on_their_feet(family: str) -> None:
    rng = np.random.default_rng(0)
    for _ in range(30):
        assert carries(foot_places(random_member(family, rng).vertices), np.zeros(2))


def test_only_feet_reach_down_to_the_table() -> None:
    item = load_object("camera/03")
    pieces = on_feet(item.parts, item.vertices)
    low = [piece[:, 2].min() + item.rest_height for piece in pieces]
    bodies = len(item.parts)
    assert min(low[:bodies]) >= HEIGHT - 1e-9
    assert np.allclose(low[bodies:], 0)


def test_a_piece_no_higher_than_the_feet_goes() -> None:
    item = load_object("camera/03")
    plate = item.parts[0].copy()
    plate[:, 2] = np.where(plate[:, 2] > plate[:, 2].mean(), HEIGHT / 2, 0.0) - item.rest_height
    assert len(on_feet((*item.parts, plate), item.vertices)) == len(on_feet(item.parts, item.vertices))

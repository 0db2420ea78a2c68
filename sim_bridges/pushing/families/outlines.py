"""Flat outlines extruded to 4 cm: the 11 shapes of the MIT Push set, and random ones for shape training.

The dimensions (mm) are those published with the MIT Push set (Yu et al. 2016); an outline longer than 12 cm is
scaled down to 12 cm, as section A.1 asks for objects of at most 12 cm.
"""

from __future__ import annotations

import numpy as np
from manifold3d import CrossSection, Manifold
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from sim_bridges.pushing.families.solid import Points, Solid, solid_from

HEIGHT = 0.04
LONGEST = 0.12
RECTANGLES = {"rect1": (90.0, 90.0), "rect2": (90.0, 112.5), "rect3": (135.0, 90.0)}
TRIANGLES = {"tri1": (126.0, 126.0), "tri2": (151.2, 126.0), "tri3": (176.4, 126.0)}
ELLIPSES = {"ellip1": (105.0, 105.0), "ellip2": (105.0, 131.0), "ellip3": (105.0, 157.0)}
NAMES = (*RECTANGLES, *TRIANGLES, *ELLIPSES, "hex", "butter")


def mit_outline(name: str) -> NDArray[np.float64]:
    """Outline [n, 2] (m, counter-clockwise) of one of `NAMES`.

    Raises:
        KeyError: an unknown name.
    """
    if name in RECTANGLES:
        outline = 0.5 * np.array(RECTANGLES[name]) * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    elif name in TRIANGLES:
        outline = np.array(TRIANGLES[name]) * np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    elif name in ELLIPSES:
        outline = 0.5 * np.array(ELLIPSES[name]) * _circle(48)
    elif name == "hex":
        outline = 60.5 * _circle(6)
    elif name == "butter":
        angle = np.arctan2(*_circle(72).T[::-1])
        outline = _hourglass(angle)[:, None] * _circle(72)
    else:
        raise KeyError(f"no MIT outline {name!r}; there are {', '.join(NAMES)}")
    return fit(outline * 1e-3, LONGEST)


def _circle(points: int) -> NDArray[np.float64]:
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    return np.stack((np.cos(angle), np.sin(angle)), axis=1)


def _hourglass(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    harmonics = {0: 57.47, 2: -27.84, 4: -6.28, 6: 2.48, 8: 2.5}
    return np.sum([size * np.cos(order * angle) for order, size in harmonics.items()], axis=0)


def fit(outline: NDArray[np.float64], longest: float) -> NDArray[np.float64]:
    """Scale an outline [n, 2] down until its longer side is `longest` (m); never up."""
    return outline * min(1.0, longest / float(np.ptp(outline, axis=0).max()))


def prism(outline: NDArray[np.float64], height: float = HEIGHT) -> Solid:
    """Extrude an outline [n, 2], convex or star-shaped about the origin, to `height` (m)."""
    section = CrossSection([outline])
    parts = tuple(_raise(piece, height) for piece in convex_pieces(outline, np.zeros(2)))
    return solid_from(Manifold.extrude(section, height), parts)


def _raise(outline: NDArray[np.float64], height: float) -> Points:
    flat = np.concatenate((outline, np.zeros((len(outline), 1))), axis=1)
    return np.concatenate((flat, flat + [0.0, 0.0, height]))


def convex_pieces(
    outline: NDArray[np.float64], centre: NDArray[np.float64], slack: float = 0.01
) -> list[NDArray[np.float64]]:
    """Cut a star-shaped outline [n, 2] into convex fans about `centre` that bulge by at most `slack` of the area."""
    area = _area(outline)
    if _hull_area(outline) - area <= slack * area:
        return [outline]
    closed = np.roll(outline, -int(np.argmin(np.linalg.norm(outline - centre, axis=1))), axis=0)
    closed = np.concatenate((closed, closed[:1]))
    pieces, start = [], 0
    while start < len(closed) - 1:
        end = start + 1
        while end + 1 < len(closed) and _bulge(closed[start : end + 2], centre) <= 0.1 * slack * area:
            end += 1
        pieces.append(np.concatenate((centre[None], closed[start : end + 1])))
        start = end
    return pieces


def _bulge(arc: NDArray[np.float64], centre: NDArray[np.float64]) -> float:
    fan = np.concatenate((centre[None], arc))
    return _hull_area(fan) - _area(fan)


def _hull_area(points: NDArray[np.float64]) -> float:
    return float(ConvexHull(points).volume)


def _area(outline: NDArray[np.float64]) -> float:
    x, y = outline.T
    return float(0.5 * np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))


def random_outline(rng: np.random.Generator) -> NDArray[np.float64]:
    """A random convex polygon, rounded star or superellipse [n, 2], 7-12 cm long and at least 3.5 cm wide."""
    kinds = (_random_convex, _random_star, _random_superellipse)
    outline = kinds[rng.integers(len(kinds))](rng)
    return outline * rng.uniform(0.07, 0.12) / float(np.ptp(outline, axis=0).max())


def _random_convex(rng: np.random.Generator) -> NDArray[np.float64]:
    corners = int(rng.integers(3, 9))
    angle = 2 * np.pi * (np.arange(corners) + rng.uniform(-0.3, 0.3, corners)) / corners
    points = np.stack((np.cos(angle), np.sin(angle)), axis=1) * [1.0, rng.uniform(0.6, 1.0)]
    return points[ConvexHull(points).vertices]


def _random_star(rng: np.random.Generator) -> NDArray[np.float64]:
    angle = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    orders = np.arange(2, 6)
    sizes = rng.uniform(-0.3, 0.3, len(orders)) / (0.5 * orders)
    waves = [size * np.cos(k * angle + rng.uniform(0, 2 * np.pi)) for k, size in zip(orders, sizes, strict=True)]
    return (1.0 + np.sum(waves, axis=0))[:, None] * np.stack((np.cos(angle), np.sin(angle)), axis=1)


def _random_superellipse(rng: np.random.Generator) -> NDArray[np.float64]:
    angle = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    power = 2.0 / rng.uniform(1.6, 6.0)
    cosine, sine = np.cos(angle), np.sin(angle)
    points = np.stack((np.sign(cosine) * np.abs(cosine) ** power, np.sign(sine) * np.abs(sine) ** power), axis=1)
    return points * [1.0, rng.uniform(0.55, 1.0)]

"""Photo cameras: a body with a lens in front, a viewfinder on top and, on some, a grip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from manifold3d import Manifold, OpType

from sim_bridges.pushing.families.solid import Solid, block, corners, rod_between, solid_from


@dataclass(frozen=True)
class PhotoCamera:
    """Dimensions of a photo camera, m. The lens looks along -y."""

    width: float
    """Body along x."""
    depth: float
    """Body along y."""
    height: float
    """Body along z."""
    lens_radius: float
    """Outer radius of the lens."""
    lens_length: float
    """How far the lens stands out of the body."""
    lens_offset: float
    """Where the lens sits along x, from the middle."""
    finder: tuple[float, float, float]
    """Viewfinder on top: width, depth, height; height 0 for none."""
    grip: float
    """How far the grip at +x stands out in front; 0 for none."""


MEMBERS = (
    PhotoCamera(0.110, 0.040, 0.062, 0.024, 0.034, 0.000, (0.036, 0.030, 0.014), 0.014),
    PhotoCamera(0.095, 0.032, 0.056, 0.020, 0.022, -0.012, (0.000, 0.000, 0.000), 0.000),
    PhotoCamera(0.116, 0.046, 0.070, 0.028, 0.048, -0.006, (0.044, 0.038, 0.018), 0.018),
    PhotoCamera(0.084, 0.050, 0.060, 0.026, 0.030, 0.004, (0.026, 0.040, 0.010), 0.000),
    PhotoCamera(0.104, 0.036, 0.064, 0.026, 0.040, -0.010, (0.030, 0.026, 0.012), 0.016),
)


def build(camera: PhotoCamera) -> Solid:
    """The camera standing on z = 0."""
    pieces = [block((camera.width, camera.depth, camera.height), (0, 0, camera.height / 2), 0.006), _lens(camera)]
    if camera.finder[2] > 0:
        width, depth, height = camera.finder
        pieces.append(block((width, depth, height + 0.002), (0, 0, camera.height + height / 2 - 0.001), 0.003))
    if camera.grip > 0:
        pieces.append(_grip(camera))
    return solid_from(Manifold.batch_boolean(pieces, OpType.Add), tuple(corners(piece) for piece in pieces))


def _lens(camera: PhotoCamera) -> Manifold:
    middle = min(0.5 * camera.height, camera.height - camera.lens_radius)
    front = -camera.depth / 2 - camera.lens_length
    start = np.array([camera.lens_offset, 0.0, max(middle, camera.lens_radius + 0.001)])
    return rod_between(start, np.array([start[0], front, start[2]]), camera.lens_radius, 28)


def _grip(camera: PhotoCamera) -> Manifold:
    width = 0.2 * camera.width
    depth = camera.grip + 0.5 * camera.depth
    centre = (camera.width / 2 - width / 2 - 0.001, -depth / 2, 0.45 * camera.height)
    return block((width, depth, 0.9 * camera.height), centre, 0.005)


def sample(rng: np.random.Generator) -> PhotoCamera:
    """Draw a camera of 7-12 cm that does not fall onto its lens."""
    width = rng.uniform(0.072, 0.118)
    depth = rng.uniform(0.030, 0.050)
    height = rng.uniform(0.045, 0.070)
    radius = min(rng.uniform(0.018, 0.030), 0.45 * height, 0.32 * width)
    finder = (rng.uniform(0.25, 0.45) * width, rng.uniform(0.6, 0.9) * depth, rng.uniform(0.008, 0.018))
    return PhotoCamera(
        width,
        depth,
        height,
        radius,
        min(rng.uniform(0.015, 0.050), _longest_lens(width, depth, height, radius)),
        rng.uniform(-0.12, 0.06) * width,
        finder if rng.random() < 0.75 else (0.0, 0.0, 0.0),
        rng.uniform(0.008, 0.018) if rng.random() < 0.5 else 0.0,
    )


def _longest_lens(width: float, depth: float, height: float, radius: float) -> float:
    """Length of lens that keeps the centroid over the inner half of the body's base, m."""
    body, disc = width * depth * height, np.pi * radius**2
    lengths = np.linspace(0.0, 0.05, 51)
    lean = disc * lengths * 0.5 * (depth + lengths) / (body + disc * lengths)
    return float(lengths[lean <= 0.25 * depth].max())

"""Beds: a frame on legs with a mattress, a headboard and, on some, a footboard and pillows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from manifold3d import Manifold, OpType

from sim_bridges.pushing.families.solid import Solid, block, corners, solid_from


@dataclass(frozen=True)
class Bed:
    """Dimensions of a bed, m. The headboard stands at -x."""

    length: float
    """Along x, headboard included."""
    width: float
    """Along y."""
    leg: float
    """Height of the legs; 0 for a frame that stands on the table."""
    frame: float
    """Height of the frame."""
    mattress: float
    """Height of the mattress above the frame."""
    headboard: float
    """Height of the headboard above the frame."""
    footboard: float
    """Height of the footboard above the frame; 0 for none."""
    pillows: int
    """Number of pillows, 0 to 2."""


BOARD = 0.008
MEMBERS = (
    Bed(0.118, 0.086, 0.010, 0.012, 0.012, 0.034, 0.014, 2),
    Bed(0.112, 0.058, 0.014, 0.010, 0.012, 0.026, 0.000, 1),
    Bed(0.105, 0.096, 0.000, 0.018, 0.014, 0.040, 0.000, 2),
    Bed(0.120, 0.064, 0.012, 0.014, 0.010, 0.022, 0.022, 1),
    Bed(0.115, 0.075, 0.012, 0.012, 0.014, 0.030, 0.018, 1),
)


def build(bed: Bed) -> Solid:
    """The bed standing on z = 0. The physics closes the gap between the legs, where no rod tip comes."""
    deck = bed.leg + bed.frame
    slab = block((bed.length, bed.width, bed.frame), (0, 0, bed.leg + bed.frame / 2))
    inside = (BOARD if bed.footboard > 0 else 0.002) + BOARD
    centre = ((BOARD - (inside - BOARD)) / 2, 0.0, deck + bed.mattress / 2 - 0.001)
    mattress = block((bed.length - inside, bed.width - 0.004, bed.mattress + 0.002), centre, 0.006)
    boards = _boards(bed, deck)
    solid = Manifold.batch_boolean([slab, mattress, *boards, *_legs(bed), *_pillows(bed, deck)], OpType.Add)
    under = block((bed.length, bed.width, deck), (0, 0, deck / 2))
    return solid_from(solid, tuple(corners(piece) for piece in (under, mattress, *boards)))


def _boards(bed: Bed, deck: float) -> list[Manifold]:
    ends = ((-1, bed.headboard), (1, bed.footboard))
    x = bed.length / 2 - BOARD / 2
    return [
        block((BOARD, bed.width, height + 0.002), (side * x, 0, deck + height / 2 - 0.001))
        for side, height in ends
        if height > 0
    ]


def _legs(bed: Bed) -> list[Manifold]:
    if bed.leg == 0:
        return []
    x, y = bed.length / 2 - 0.006, bed.width / 2 - 0.006
    height = bed.leg + 0.002
    return [block((0.012, 0.012, height), (sx * x, sy * y, height / 2)) for sx in (-1, 1) for sy in (-1, 1)]


def _pillows(bed: Bed, deck: float) -> list[Manifold]:
    width = 0.7 * bed.width / max(bed.pillows, 1)
    height = 0.007
    x, z = -bed.length / 2 + BOARD + 0.014, deck + bed.mattress + height / 2 - 0.001
    places = {0: (), 1: (0.0,), 2: (-0.22 * bed.width, 0.22 * bed.width)}[bed.pillows]
    return [block((0.020, min(width, 0.4 * bed.width), height), (x, y, z), 0.006) for y in places]


def sample(rng: np.random.Generator) -> Bed:
    """Draw a bed of 8-12 cm."""
    length = rng.uniform(0.080, 0.120)
    return Bed(
        length,
        length * rng.uniform(0.5, 0.95),
        rng.uniform(0.006, 0.016) if rng.random() < 0.75 else 0.0,
        rng.uniform(0.008, 0.020),
        rng.uniform(0.008, 0.016),
        rng.uniform(0.016, 0.042),
        rng.uniform(0.010, 0.026) if rng.random() < 0.5 else 0.0,
        int(rng.integers(0, 3)),
    )

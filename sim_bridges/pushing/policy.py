"""The random pushes that data is collected with (section A.1), for an object of the simulator."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.control import exploring
from hyperdynamics_core.control.exploring import PushBox
from sim_bridges.pushing.objects import PushObject

Array = NDArray[np.float64]


def push_box(item: PushObject) -> PushBox:
    """The object's bounding box, in its own frame."""
    (x, y, _), (half_x, half_y, _) = item.box_centre.tolist(), item.half_extents.tolist()
    return PushBox((x, y), (half_x, half_y))


def random_push(rng: np.random.Generator, state: Array, item: PushObject) -> Array:
    """See ``exploring.random_push``."""
    return exploring.random_push(rng, state, push_box(item))


def point_in_box(rng: np.random.Generator, state: Array, item: PushObject) -> Array:
    """See ``exploring.point_in_box``."""
    return exploring.point_in_box(rng, state, push_box(item))

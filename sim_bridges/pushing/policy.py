"""The random pushes that data is collected with (section A.1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim_bridges.pushing.objects import PushObject

Array = NDArray[np.float64]
PUSH_LENGTH = (0.03, 0.06)
"""Length of one push, m."""
ANY_DIRECTION = 0.2
"""Probability of a completely random direction; else towards a random point of the object's box."""


def random_push(rng: np.random.Generator, state: Array, item: PushObject) -> Array:
    """Displacement [3] (m, dz = 0) for push state [16]: anywhere, or towards a point in the object's bounding box."""
    length = rng.uniform(*PUSH_LENGTH)
    if rng.random() < ANY_DIRECTION:
        angle = rng.uniform(-np.pi, np.pi)
    else:
        towards = point_in_box(rng, state, item) - state[13:15]
        angle = np.arctan2(towards[1], towards[0])
    return np.array([length * np.cos(angle), length * np.sin(angle), 0.0])


def point_in_box(rng: np.random.Generator, state: Array, item: PushObject) -> Array:
    """[2] a random point of the object's box as it lies (turned by its yaw), world frame, m."""
    local = item.box_centre[:2] + rng.uniform(-1.0, 1.0, 2) * item.half_extents[:2]
    x, y, z, w = state[3:7]
    yaw = np.arctan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))
    cosine, sine = np.cos(yaw), np.sin(yaw)
    return state[:2] + np.array([cosine * local[0] - sine * local[1], sine * local[0] + cosine * local[1]])

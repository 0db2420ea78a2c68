"""What a depth camera makes of the true distances: noise that grows with distance, holes, mixed pixels at edges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Depth = NDArray[np.float32]


@dataclass(frozen=True)
class DepthNoise:
    """Of a stereo camera for a metre's distance."""

    quadratic: float = 0.0012
    """Deviation at 1 m, m; it grows with the square of the distance."""
    edge: float = 0.03
    """Neighbours whose depths differ by more have an edge between them, m."""
    edge_holes: float = 0.6
    """Share of the pixels at edges where nothing is measured."""
    edge_mixed: float = 0.2
    """Share of them that lie between both surfaces: points where nothing is."""
    holes: float = 0.004
    """Share of all pixels where nothing is measured."""
    farthest: float = 4.0
    """Beyond it nothing is measured, m."""

    def measured(self, depth: Depth, rng: np.random.Generator) -> Depth:
        """[H, W] m, 0 where nothing was measured, of true z-depth [H, W], m."""
        high, low = _around(depth, np.maximum), _around(depth, np.minimum)
        noisy = depth + rng.standard_normal(depth.shape, np.float32) * np.float32(self.quadratic) * depth * depth
        chance = rng.random(depth.shape, np.float32)
        at_edge = high - low > self.edge
        mixed = at_edge & (chance >= self.edge_holes) & (chance < self.edge_holes + self.edge_mixed)
        noisy[mixed] = (low + (high - low) * rng.random(depth.shape, np.float32))[mixed]
        hole = (at_edge & (chance < self.edge_holes)) | (chance > 1.0 - self.holes) | (depth > self.farthest)
        noisy[hole] = 0.0
        return np.maximum(noisy, np.float32(0.0))


def _around(depth: Depth, pick: np.ufunc) -> Depth:
    """Greatest or least depth among each pixel's eight neighbours and itself."""
    rows = depth.copy()
    pick(rows[1:], depth[:-1], out=rows[1:])
    pick(rows[:-1], depth[1:], out=rows[:-1])
    both = rows.copy()
    pick(both[:, 1:], rows[:, :-1], out=both[:, 1:])
    pick(both[:, :-1], rows[:, 1:], out=both[:, :-1])
    return both

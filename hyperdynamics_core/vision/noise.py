"""What a real depth camera adds to a rendered frame: noise, and pixels without a measurement. Off by default."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hyperdynamics_core.vision.camera import RgbdFrame


@dataclass(frozen=True)
class DepthNoise:
    """A simple model of a depth camera at about one metre."""

    deviation: float = 0.0015
    """Standard deviation of depth at 1 m, m; it grows with the square of the distance, as in stereo."""
    dropout: float = 0.01
    """Share of pixels without a measurement."""
    step: float = 0.001
    """Depth is delivered in multiples of this, m; 0: not rounded."""

    def __post_init__(self) -> None:
        if self.deviation < 0 or self.step < 0 or not 0 <= self.dropout < 1:
            raise ValueError(
                f"deviation and step must be 0 or more and dropout in [0, 1), got {self.deviation}, {self.step}, "
                f"{self.dropout}"
            )


def noisy(frame: RgbdFrame, noise: DepthNoise, rng: np.random.Generator) -> RgbdFrame:
    """The frame as such a camera would deliver it; unmeasured pixels stay 0, the colour image is left as it is."""
    depth = frame.depth + noise.deviation * frame.depth**2 * rng.standard_normal(frame.depth.shape, dtype=np.float32)
    if noise.step > 0:
        depth = np.rint(depth / noise.step) * noise.step
    lost = (rng.random(frame.depth.shape, dtype=np.float32) < noise.dropout) | (frame.depth == 0)
    return replace(frame, depth=np.where(lost, 0.0, np.maximum(depth, 0.0)).astype(np.float32))

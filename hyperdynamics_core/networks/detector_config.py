"""Sizes and thresholds of the 3D detector."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DetectorConfig:
    """Two stages in the manner of Mask R-CNN, and a third that looks closely (section 3.1)."""

    scene_channels: int = 5
    """C of the scene grid: surface, free, red, green, blue."""
    crop_channels: int = 2
    """C of the object crop that the third stage looks at."""
    fine_channels: int = 16
    """Backbone features at 2 cm."""
    coarse_channels: int = 32
    """Backbone features at 4 cm."""
    anchors: tuple[tuple[float, float, float], ...] = (
        (0.08, 0.08, 0.045),
        (0.11, 0.11, 0.045),
        (0.08, 0.08, 0.08),
        (0.11, 0.11, 0.08),
    )
    """Sizes x, y, z of the anchor boxes at each coarse cell, m."""
    proposals: int = 16
    """Boxes that go from the first stage to the second."""
    proposal_overlap: float = 0.4
    """Proposals that overlap a better one more than this are suppressed."""
    roi_points: tuple[int, int, int] = (3, 6, 6)
    """Points z, y, x at which a box's features are sampled."""
    roi_margin: float = 1.3
    """A box is enlarged by this factor before sampling."""
    hidden: int = 128
    """Width of the fully connected layers."""
    refine_channels: tuple[int, int, int] = (32, 48, 64)
    """Channels of the third stage's 2D convolutions over the depth-folded crop."""
    refinements: int = 2
    """How often the third stage looks again around its own estimate."""
    overlap: float = 0.2
    """Detections that overlap a better one more than this are suppressed."""
    threshold: float = 0.5
    """Least score of a detection."""
    max_detections: int = 8
    """Most detections in a frame."""

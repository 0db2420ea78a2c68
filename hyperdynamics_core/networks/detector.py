"""The 3D detector of section 3.1: boxes, scores and positions of a variable number of objects, in three stages.

The scene grid goes through a backbone; every anchor is scored and regressed (proposals); the features inside each
proposal give score, box and position (regions); then a close look at the 5 mm crop around that position corrects it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from hyperdynamics_core.networks.detector_config import DetectorConfig
from hyperdynamics_core.networks.detector_heads import CloseLook, ProposalHead, RegionHead, positions
from hyperdynamics_core.networks.scene_backbone import SceneBackbone
from hyperdynamics_core.vision.boxes import apply_deltas, suppress

CropAt = Callable[[float, float], Tensor]
"""Crop [C, Z, Y, X] around (x, y), m."""


@dataclass(frozen=True)
class DetectedBoxes:
    """Detections of one frame, by falling score."""

    scores: Tensor
    """[n] in [0, 1]."""
    boxes: Tensor
    """[n, 6] centre and size, world, m."""
    positions: Tensor
    """[n, 3] volume centroids, world, m."""


class Detector(nn.Module):
    """See the module's docstring."""

    def __init__(self, config: DetectorConfig) -> None:
        super().__init__()
        self.config = config
        self.backbone = SceneBackbone(config.scene_channels, config.fine_channels, config.coarse_channels)
        self.proposals = ProposalHead(config)
        self.regions = RegionHead(config)
        self.close_look = CloseLook(config)

    def propose(self, logits: Tensor, deltas: Tensor) -> Tensor:
        """Best boxes [n, 6] of one frame from the first stage's outputs [N], [N, 6]; n <= config.proposals."""
        best = torch.topk(logits, 4 * self.config.proposals).indices
        boxes = apply_deltas(deltas[best], self.proposals.anchors[best])
        kept = suppress(boxes, logits[best], self.config.proposal_overlap, self.config.proposals)
        return boxes[kept]

    @torch.inference_mode()
    def detect(self, scene: Tensor, crop_at: CropAt) -> DetectedBoxes:
        """Detect in one scene map [C, Z, Y, X]; `crop_at` delivers the close look's crops."""
        fine, coarse = self.backbone(scene.unsqueeze(0))
        logits, deltas = self.proposals(coarse)
        proposed = self.propose(logits[0], deltas[0])
        scores, deltas, offsets = (output[0] for output in self.regions(fine, coarse, proposed.unsqueeze(0)))
        boxes = apply_deltas(deltas, proposed)
        found = DetectedBoxes(torch.sigmoid(scores), boxes, positions(offsets, proposed))
        # Half the threshold: the close look has the last word.
        return self._select(self._look_closely(self._select(found, 0.5 * self.config.threshold), crop_at))

    def _select(self, found: DetectedBoxes, threshold: float | None = None) -> DetectedBoxes:
        threshold = self.config.threshold if threshold is None else threshold
        likely = torch.nonzero(found.scores > threshold).squeeze(1)
        chosen = suppress(found.boxes[likely], found.scores[likely], self.config.overlap, self.config.max_detections)
        kept = likely[chosen]
        return DetectedBoxes(found.scores[kept], found.boxes[kept], found.positions[kept])

    def _look_closely(self, found: DetectedBoxes, crop_at: CropAt) -> DetectedBoxes:
        scores, boxes, points = found.scores, found.boxes, found.positions
        for _ in range(self.config.refinements if len(scores) else 0):
            crops = torch.stack([crop_at(float(x), float(y)) for x, y, _ in points])
            logits, position, box = self.close_look(crops)
            centre = torch.cat((points[:, :2], torch.zeros_like(points[:, :1])), dim=1)
            scores, points = torch.sigmoid(logits), centre + position
            boxes = torch.cat((centre + box[:, :3], box[:, 3:]), dim=1)
        return DetectedBoxes(scores, boxes, points)

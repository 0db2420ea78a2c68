"""L_det: the losses of the detector's three stages, those of Mask R-CNN without the mask branch (section 3.1)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from hyperdynamics_core.networks.detector import Detector
from hyperdynamics_core.vision.boxes import POSITION_SCALE, apply_deltas, box_deltas, iou

PROPOSAL_POSITIVE, PROPOSAL_NEGATIVE = 0.45, 0.25
"""Overlap with a true box from which an anchor counts as the object, and below which it counts as none."""
REGION_POSITIVE, REGION_NEGATIVE = 0.40, 0.25
NEGATIVES = 128
"""Anchors without an object that count in each batch element; half of them the hardest, half random."""


@dataclass(frozen=True)
class SceneBatch:
    """Scene maps and the truth."""

    scenes: Tensor
    """[B, C, Z, Y, X]."""
    boxes: Tensor
    """[B, M, 6] m; rows of absent objects hold anything finite of positive size."""
    positions: Tensor
    """[B, M, 3] m."""
    valid: Tensor
    """[B, M] bool: which rows are objects."""


@dataclass(frozen=True)
class CropBatch:
    """Crops around estimates, and the truth relative to the crop's centre on the table."""

    crops: Tensor
    """[N, C, Z, Y, X]."""
    present: Tensor
    """[N] 1 where the crop is of an object, else 0."""
    positions: Tensor
    """[N, 3] m."""
    boxes: Tensor
    """[N, 6] m."""


def scene_loss(detector: Detector, batch: SceneBatch, generator: torch.Generator) -> dict[str, Tensor]:
    """Losses of the first and second stage by name; their sum is minimised."""
    fine, coarse = detector.backbone(batch.scenes)
    logits, deltas = detector.proposals(coarse)
    losses = _proposal_losses(logits, deltas, detector.proposals.anchors, batch, generator)
    with torch.no_grad():
        boxes = _training_regions(detector, logits, deltas, batch, generator)
    return losses | _region_losses(detector.regions(fine, coarse, boxes), boxes, batch)


def close_look_loss(detector: Detector, batch: CropBatch) -> dict[str, Tensor]:
    """Losses of the third stage by name; their sum is minimised."""
    logits, positions, boxes = detector.close_look(batch.crops)
    seen = batch.present > 0
    offset = (positions[seen] - batch.positions[seen]).abs().sum(-1).mean() / POSITION_SCALE
    centre = (boxes[seen, :3] - batch.boxes[seen, :3]).abs().sum(-1).mean() / POSITION_SCALE
    size = torch.log(boxes[seen, 3:] / batch.boxes[seen, 3:]).abs().sum(-1).mean()
    score = functional.binary_cross_entropy_with_logits(logits, batch.present)
    return {"look/score": score, "look/position": 4.0 * offset, "look/box": centre + size}


def _proposal_losses(
    logits: Tensor, deltas: Tensor, anchors: Tensor, batch: SceneBatch, generator: torch.Generator
) -> dict[str, Tensor]:
    overlap = iou(anchors, batch.boxes) * batch.valid.unsqueeze(1)
    best, which = overlap.max(dim=-1)
    favourite = ((overlap == overlap.amax(dim=1, keepdim=True)) & (overlap > 0.05)).any(-1)
    positive = (best >= PROPOSAL_POSITIVE) | favourite
    targets = box_deltas(_gather(batch.boxes, which), anchors.expand_as(deltas))
    negative_loss = functional.softplus(logits).masked_fill(positive | (best >= PROPOSAL_NEGATIVE), 0.0)
    return {
        "proposals/score": functional.softplus(-logits[positive]).mean() + _sampled(negative_loss, generator),
        "proposals/box": functional.smooth_l1_loss(deltas[positive], targets[positive], beta=0.1),
    }


def _sampled(loss: Tensor, generator: torch.Generator) -> Tensor:
    """Mean over the hardest and over random ones of [B, N]; absent entries are 0."""
    hard = torch.topk(loss, NEGATIVES // 2, dim=1).values
    random = torch.randint(loss.shape[1], (loss.shape[0], NEGATIVES // 2), generator=generator)
    return torch.cat((hard, loss.gather(1, random)), dim=1).mean()


def _training_regions(
    detector: Detector, logits: Tensor, deltas: Tensor, batch: SceneBatch, generator: torch.Generator
) -> Tensor:
    """[B, R, 6]: what the first stage proposes, filled up with true boxes shaken."""
    n = detector.config.proposals
    shaken = batch.boxes.repeat(1, n, 1)
    noise = torch.rand(shaken.shape, generator=generator) - 0.5
    shaken = apply_deltas(noise * torch.tensor([0.8, 0.8, 0.4, 0.6, 0.6, 0.6]), shaken)
    rows = []
    for image in range(len(logits)):
        proposed = detector.propose(logits[image], deltas[image])[: n - 4]
        order = torch.argsort(~batch.valid[image].repeat(n), stable=True)
        rows.append(torch.cat((proposed, shaken[image, order]))[:n])
    return torch.stack(rows)


def _region_losses(outputs: tuple[Tensor, Tensor, Tensor], boxes: Tensor, batch: SceneBatch) -> dict[str, Tensor]:
    logits, deltas, offsets = outputs
    overlap = iou(boxes, batch.boxes) * batch.valid.unsqueeze(1)
    best, which = overlap.max(dim=-1)
    positive, negative = best >= REGION_POSITIVE, best < REGION_NEGATIVE
    deltas_true = box_deltas(_gather(batch.boxes, which), boxes)
    offsets_true = (_gather(batch.positions, which) - boxes[..., :3]) / POSITION_SCALE
    scored = positive | negative
    return {
        "regions/score": functional.binary_cross_entropy_with_logits(logits[scored], positive[scored].float()),
        "regions/box": functional.smooth_l1_loss(deltas[positive], deltas_true[positive], beta=0.1),
        "regions/position": functional.smooth_l1_loss(offsets[positive], offsets_true[positive], beta=0.02),
    }


def _gather(rows: Tensor, index: Tensor) -> Tensor:
    """rows [B, M, K] at index [B, N]: [B, N, K]."""
    return rows.gather(1, index.unsqueeze(-1).expand(-1, -1, rows.shape[-1]))

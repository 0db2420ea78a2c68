"""Axis-aligned 3D boxes, as tensors [..., 6]: centre x, y, z, then size x, y, z, m."""

from __future__ import annotations

import torch
from torch import Tensor

POSITION_SCALE = 0.05
"""Metres that a regressed offset of 1 stands for: about half an object."""


def iou(a: Tensor, b: Tensor) -> Tensor:
    """Intersection over union of boxes a [..., N, 6] with boxes b [..., M, 6]: [..., N, M]."""
    low_a, high_a = (a[..., :3] - a[..., 3:] / 2).unsqueeze(-2), (a[..., :3] + a[..., 3:] / 2).unsqueeze(-2)
    low_b, high_b = (b[..., :3] - b[..., 3:] / 2).unsqueeze(-3), (b[..., :3] + b[..., 3:] / 2).unsqueeze(-3)
    shared = (torch.minimum(high_a, high_b) - torch.maximum(low_a, low_b)).clamp_min(0).prod(-1)
    volumes = a[..., 3:].prod(-1).unsqueeze(-1) + b[..., 3:].prod(-1).unsqueeze(-2)
    return shared / (volumes - shared).clamp_min(1e-12)


def box_deltas(boxes: Tensor, reference: Tensor) -> Tensor:
    """What turns `reference` boxes into `boxes` [..., 6]: offset over POSITION_SCALE, log ratio of sizes."""
    offset = (boxes[..., :3] - reference[..., :3]) / POSITION_SCALE
    return torch.cat((offset, torch.log(boxes[..., 3:] / reference[..., 3:])), dim=-1)


def apply_deltas(deltas: Tensor, reference: Tensor) -> Tensor:
    """Inverse of `box_deltas`; sizes change by at most a factor of e."""
    centre = reference[..., :3] + deltas[..., :3] * POSITION_SCALE
    return torch.cat((centre, reference[..., 3:] * torch.exp(deltas[..., 3:].clamp(-1.0, 1.0))), dim=-1)


def suppress(boxes: Tensor, scores: Tensor, threshold: float, limit: int) -> Tensor:
    """Non-maximum suppression: indices of boxes [N, 6] to keep, by falling scores [N], at most `limit`.

    A box goes when its overlap with a better one that stays exceeds `threshold`.
    """
    order = torch.argsort(scores, descending=True)
    overlap = (iou(boxes[order], boxes[order]) > threshold).tolist()
    kept: list[int] = []
    for candidate in range(len(order)):
        if len(kept) < limit and not any(overlap[candidate][better] for better in kept):
            kept.append(candidate)
    return order[torch.tensor(kept, dtype=torch.long)]

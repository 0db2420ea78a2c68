"""Turns an object's feature map to another orientation (section 3.3), about the vertical through its centre."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def turn(features: Tensor, yaw: Tensor) -> Tensor:
    """The map that would be seen had the object been turned counter-clockwise (about +z) by `yaw`.

    Pushing is planar, so depth is folded into the channels and one bilinear sampling in 2D does for all layers.
    What comes in from beyond the map is 0: unknown.

    Args:
        features: [B, C, Z, Y, X], Y and X of equal length.
        yaw: [B] rad.

    Returns:
        [B, C, Z, Y, X].
    """
    batch, channels, depth, height, width = features.shape
    folded = features.reshape(batch, channels * depth, height, width)
    return turn_images(folded, yaw).reshape(features.shape)


def turn_images(images: Tensor, yaw: Tensor) -> Tensor:
    """Turn top-down images [B, C, Y, X] (rows along y, columns along x, both growing) counter-clockwise by yaw [B]."""
    cosine, sine, zero = torch.cos(yaw), torch.sin(yaw), torch.zeros_like(yaw)
    # The image at a point of the turned map is taken from that point turned back.
    back = torch.stack((cosine, sine, zero, -sine, cosine, zero), dim=-1).reshape(-1, 2, 3)
    points = functional.affine_grid(back.to(images.dtype), list(images.shape), align_corners=False)
    return functional.grid_sample(images, points, mode="bilinear", padding_mode="zeros", align_corners=False)

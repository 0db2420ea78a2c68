"""E_shape and D_vis of section 3.1: from the object's feature map to z_vis, and from z_vis to its top-down view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from hyperdynamics_core.networks.folded_convolution import FoldedConv3d

SLOPE = 0.01
"""Of the leaky ReLU below 0."""


@dataclass(frozen=True)
class ShapeConfig:
    """Sizes of shape encoder and decoder; defaults are the paper's (appendix A)."""

    in_channels: int = 2
    """C of the object's map."""
    map_shape: tuple[int, int, int] = (16, 32, 32)
    """Z, Y, X of the object's map; multiples of 8."""
    kernels: tuple[int, int, int] = (5, 3, 3)
    """Of the encoder's convolutions, each followed by max pooling over 2 voxels."""
    channels: tuple[int, int, int] = (2, 4, 8)
    """Of the same."""
    code_size: int = 8
    """Length of z_vis."""
    decoder_channels: tuple[int, int] = (16, 8)
    """Of the decoder's first two transposed convolutions (kernel 4, stride 2); the third has 1."""
    decoder_input_channels: int = 32
    """Of the 4 x 4 image that z_vis becomes first; the paper does not say."""

    def __post_init__(self) -> None:
        if any(n % 8 for n in self.map_shape):
            raise ValueError(f"map_shape must hold multiples of 8 (three poolings), got {self.map_shape}")
        if self.code_size < 1:
            raise ValueError(f"code_size must be 1 or more, got {self.code_size}")


class ShapeEncoder(nn.Module):
    """Three 3D convolutions with max pooling, then a fully connected layer."""

    def __init__(self, config: ShapeConfig) -> None:
        super().__init__()
        self.config = config
        depth, height, width = config.map_shape
        sizes = (config.in_channels, *config.channels)
        self.convolutions = nn.ModuleList(
            FoldedConv3d(sizes[i], sizes[i + 1], kernel, depth >> i) for i, kernel in enumerate(config.kernels)
        )
        self.head = nn.Linear(sizes[-1] * (depth // 8) * (height // 8) * (width // 8), config.code_size)

    def forward(self, features: Tensor) -> Tensor:
        """z_vis [B, n_vis] of maps [B, C, Z, Y, X]."""
        hidden = features
        for convolution in self.convolutions:
            # Pooling first: max and leaky ReLU commute, and there is an eighth of the numbers left to activate.
            hidden = functional.leaky_relu(cast(FoldedConv3d, convolution).pooled(hidden), SLOPE)
        return torch.as_tensor(self.head(hidden.flatten(1)))


class ShapeDecoder(nn.Module):
    """Draws the object's top-down view: three transposed convolutions."""

    def __init__(self, config: ShapeConfig) -> None:
        super().__init__()
        first, second = config.decoder_channels
        self.start = nn.Linear(config.code_size, config.decoder_input_channels * 16)
        self.layers = nn.Sequential(
            nn.LeakyReLU(SLOPE),
            nn.ConvTranspose2d(config.decoder_input_channels, first, 4, stride=2, padding=1),
            nn.LeakyReLU(SLOPE),
            nn.ConvTranspose2d(first, second, 4, stride=2, padding=1),
            nn.LeakyReLU(SLOPE),
            nn.ConvTranspose2d(second, 1, 4, stride=2, padding=1),
        )

    def forward(self, code: Tensor) -> Tensor:
        """Logits [B, 32, 32] (rows along y, columns along x, both growing) of codes [B, n_vis]."""
        image = self.layers(self.start(code).unflatten(1, (-1, 4, 4)))
        return torch.as_tensor(image).squeeze(1)


def view_prediction_loss(logits: Tensor, masks: Tensor) -> Tensor:
    """L_vp: pixel cross-entropy between drawn logits [B, 32, 32] and true masks [B, 32, 32] in [0, 1]; mean, nats."""
    return functional.binary_cross_entropy_with_logits(logits, masks)

"""Convolutional features of the scene grid M, at its own resolution and at half of it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from hyperdynamics_core.networks.folded_convolution import SlicedConv3d


class SceneBackbone(nn.Module):
    """Small 3D convolutional network over [B, C, 8, 32, 32]."""

    def __init__(self, in_channels: int, fine_channels: int, coarse_channels: int) -> None:
        super().__init__()
        self.fine = nn.Sequential(SlicedConv3d(in_channels, fine_channels), nn.ReLU())
        self.coarse = nn.Sequential(
            SlicedConv3d(fine_channels, coarse_channels, stride=2),
            nn.ReLU(),
            SlicedConv3d(coarse_channels, coarse_channels),
            nn.ReLU(),
            SlicedConv3d(coarse_channels, coarse_channels),
            nn.ReLU(),
        )

    def forward(self, scene: Tensor) -> tuple[Tensor, Tensor]:
        """Fine [B, F, Z, Y, X] and coarse [B, G, Z/2, Y/2, X/2] features of a scene [B, C, Z, Y, X]."""
        fine = self.fine(scene)
        return torch.as_tensor(fine), torch.as_tensor(self.coarse(fine))

"""Convolutional features of the scene grid M, at its own resolution and at half of it."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class SceneBackbone(nn.Module):
    """Small 3D convolutional network over [B, C, 8, 32, 32]."""

    def __init__(self, in_channels: int, fine_channels: int, coarse_channels: int) -> None:
        super().__init__()
        self.fine = nn.Sequential(nn.Conv3d(in_channels, fine_channels, 3, padding=1), nn.ReLU())
        self.coarse = nn.Sequential(
            nn.Conv3d(fine_channels, coarse_channels, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv3d(coarse_channels, coarse_channels, 3, padding=1),
            nn.ReLU(),
            nn.Conv3d(coarse_channels, coarse_channels, 3, padding=1),
            nn.ReLU(),
        )

    def forward(self, scene: Tensor) -> tuple[Tensor, Tensor]:
        """Fine [B, F, Z, Y, X] and coarse [B, G, Z/2, Y/2, X/2] features of a scene [B, C, Z, Y, X]."""
        fine = self.fine(scene)
        return torch.as_tensor(fine), torch.as_tensor(self.coarse(fine))

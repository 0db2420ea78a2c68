"""The three heads of the detector: region proposals, regions of interest, close look."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from hyperdynamics_core.networks.detector_config import DetectorConfig
from hyperdynamics_core.networks.folded_convolution import SlicedConv3d
from hyperdynamics_core.vision.boxes import POSITION_SCALE, apply_deltas
from hyperdynamics_core.vision.grids import CROP_GRID, SCENE_GRID


def anchor_boxes(config: DetectorConfig) -> Tensor:
    """[A * Z * Y * X, 6] over the coarse grid, x fastest, anchor sizes slowest."""
    nz, ny, nx = (n // 2 for n in SCENE_GRID.shape)
    cell = 2 * SCENE_GRID.voxel
    x, y, z = (start + (torch.arange(n) + 0.5) * cell for start, n in zip(SCENE_GRID.origin, (nx, ny, nz), strict=True))
    grid = torch.stack(torch.meshgrid(z, y, x, indexing="ij")[::-1], dim=-1).reshape(-1, 3)
    sizes = torch.tensor(config.anchors)
    centres = grid.expand(len(sizes), -1, -1)
    return torch.cat((centres, sizes[:, None].expand(-1, len(grid), -1)), dim=-1).reshape(-1, 6)


class ProposalHead(nn.Module):
    """First stage: objectness and box of every anchor."""

    anchors: Tensor

    def __init__(self, config: DetectorConfig) -> None:
        super().__init__()
        self.shared = SlicedConv3d(config.coarse_channels, config.coarse_channels)
        self.output = nn.Conv3d(config.coarse_channels, len(config.anchors) * 7, 1)
        self.register_buffer("anchors", anchor_boxes(config), persistent=False)

    def forward(self, coarse: Tensor) -> tuple[Tensor, Tensor]:
        """Objectness logits [B, N] and box deltas [B, N, 6] for the N anchors."""
        output = self.output(functional.relu(self.shared(coarse))).unflatten(1, (-1, 7))
        flat = output.permute(0, 1, 3, 4, 5, 2).flatten(1, 4)
        return flat[..., 0], flat[..., 1:]

    def boxes(self, deltas: Tensor) -> Tensor:
        """Boxes [B, N, 6] of deltas [B, N, 6]."""
        return apply_deltas(deltas, self.anchors)


class RegionHead(nn.Module):
    """Second stage: samples the features inside each box; score, better box, position of the object."""

    def __init__(self, config: DetectorConfig) -> None:
        super().__init__()
        self.points, self.margin = config.roi_points, config.roi_margin
        n_points = config.roi_points[0] * config.roi_points[1] * config.roi_points[2]
        n_features = (config.fine_channels + config.coarse_channels) * n_points
        self.layers = nn.Sequential(
            nn.Linear(n_features, config.hidden),
            nn.ReLU(),
            nn.Linear(config.hidden, config.hidden),
            nn.ReLU(),
            nn.Linear(config.hidden, 10),
        )

    def forward(self, fine: Tensor, coarse: Tensor, boxes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """For boxes [B, R, 6]: logits [B, R], box deltas [B, R, 6], position offsets [B, R, 3] (see `positions`)."""
        grid = self._sample_points(boxes)
        sampled = torch.cat([functional.grid_sample(maps, grid, align_corners=False) for maps in (fine, coarse)], dim=1)
        output = self.layers(sampled.squeeze(2).permute(0, 2, 1, 3).flatten(2))
        return output[..., 0], output[..., 1:7], output[..., 7:]

    def _sample_points(self, boxes: Tensor) -> Tensor:
        """[B, 1, R, points, 3] in the scene grid's normalised coordinates."""
        steps = [(torch.arange(n, dtype=boxes.dtype, device=boxes.device) + 0.5) / n - 0.5 for n in self.points]
        z, y, x = torch.meshgrid(*steps, indexing="ij")
        unit = torch.stack((x, y, z), dim=-1).reshape(-1, 3)
        points = boxes[..., None, :3] + unit * boxes[..., None, 3:] * self.margin
        low = torch.tensor(SCENE_GRID.origin, dtype=boxes.dtype, device=boxes.device)
        extent = torch.tensor(SCENE_GRID.shape[::-1], dtype=boxes.dtype, device=boxes.device) * SCENE_GRID.voxel
        return ((points - low) / extent * 2 - 1).unsqueeze(1)


class CloseLook(nn.Module):
    """Third stage: from the 5 mm crop around an estimate, what is still wrong with it.

    Depth is folded into the channels; the top-down layout is what position and size depend on.
    """

    def __init__(self, config: DetectorConfig) -> None:
        super().__init__()
        first, second, third = config.refine_channels
        depth, height, width = CROP_GRID.shape
        self.layers = nn.Sequential(
            nn.Conv2d(config.crop_channels * depth, first, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(first, second, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(second, third, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(third, third, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(third * (height // 8) * (width // 8), config.hidden),
            nn.ReLU(),
            nn.Linear(config.hidden, 10),
        )

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """For crops [B, C, Z, Y, X]: logits [B] that an object stands at the centre; its position [B, 3] and box
        [B, 6] relative to the crop's centre (x, y) and the table (z), m."""
        output = self.layers(crops.flatten(1, 2))
        position = output[:, 1:4] * POSITION_SCALE
        box = torch.cat((output[:, 4:7] * POSITION_SCALE, 0.08 * torch.exp(output[:, 7:10].clamp(-3, 1))), dim=-1)
        return output[:, 0], position, box


def positions(offsets: Tensor, boxes: Tensor) -> Tensor:
    """Positions [..., 3] of the objects in boxes [..., 6] from the second stage's offsets [..., 3], m."""
    return boxes[..., :3] + offsets * POSITION_SCALE

"""L_det as one callable, for the joint schedule L = L_pred + L_det + L_vp (equation 2)."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from hyperdynamics_core.data.scenes import ScenePool
from hyperdynamics_core.networks.detector import Detector
from hyperdynamics_core.training.vision_batches import crop_batch, scene_batch
from hyperdynamics_core.training.vision_losses import close_look_loss, scene_loss
from hyperdynamics_core.vision.maps import MapConfig


class DetectorLoss(nn.Module):
    """All three stages' losses on one batch of a pool's scenes; trains and saves the detector's parameters."""

    def __init__(self, detector: Detector, pool: ScenePool, maps: MapConfig, scenes: int = 8, looks: int = 16) -> None:
        """`scenes` images for the first two stages and `looks` crops for the third make a batch."""
        super().__init__()
        self.detector, self._pool, self._maps = detector, pool, maps
        self._scenes, self._looks = scenes, looks

    def forward(self, generator: torch.Generator) -> Tensor:
        """Scalar loss of a batch drawn from the generator."""
        rng = np.random.default_rng(int(torch.randint(2**62, (), generator=generator)))
        losses = scene_loss(self.detector, scene_batch(self._pool, self._scenes, self._maps, rng), generator)
        losses |= close_look_loss(self.detector, crop_batch(self._pool, self._looks, self._maps, rng))
        return torch.stack(list(losses.values())).sum()

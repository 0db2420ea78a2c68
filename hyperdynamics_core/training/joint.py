"""The paper's joint schedule: L_pred + L_det + L_vp in one loss (equation 2), 500,000 steps of 8 samples.

On a CPU this takes days; the staged schedule (perception first, then the method) is the default for that reason.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from hyperdynamics_core.data.push_batches import BatchConfig
from hyperdynamics_core.data.scenes import ScenePool
from hyperdynamics_core.networks.detector import Detector
from hyperdynamics_core.training.losses import PredictionLossConfig
from hyperdynamics_core.training.push_config import LossWeights, OptimiserConfig, PushTrainConfig
from hyperdynamics_core.training.vision_batches import crop_batch, scene_batch
from hyperdynamics_core.training.vision_losses import close_look_loss, scene_loss
from hyperdynamics_core.vision.maps import MapConfig


def paper_schedule(config: PushTrainConfig) -> PushTrainConfig:
    """The same run on the paper's schedule (section 4.1): joint, squared error, batch 8, rate 1e-3, 500,000 steps.

    Give it scenes for L_det and shape_crops for L_vp.
    """
    return replace(
        config,
        steps=500_000,
        batch=BatchConfig(size=8),
        loss=PredictionLossConfig(kind="squared", first_vector_weight=1.0),
        weights=LossWeights(detection=1.0, view=1.0),
        optimiser=OptimiserConfig(learning_rate=1e-3, encoder_learning_rate=1e-3, weight_decay=0.0, cosine=False),
        fine_tune_encoder=True,
        log_every=1_000,
        validate_every=10_000,
        save_every=10_000,
    )


class SceneDetection(nn.Module):
    """L_det of all three stages of the detector, on batches from a pool of rendered scenes."""

    def __init__(self, detector: Detector, scenes: Path, maps: MapConfig, size: int) -> None:
        """size: scenes in a batch. Raises DataFolderError where the pool cannot be read."""
        super().__init__()
        self.detector, self.maps, self.size = detector.train(), maps, size
        self.pool = ScenePool.open(scenes)

    def forward(self, generator: torch.Generator) -> Tensor:
        """Scalar loss of one batch; every draw comes from the generator."""
        rng = np.random.default_rng(int(torch.randint(2**62, (), generator=generator)))
        losses = scene_loss(self.detector, scene_batch(self.pool, self.size, self.maps, rng), generator)
        looks = close_look_loss(self.detector, crop_batch(self.pool, self.size, self.maps, rng))
        return torch.stack([*losses.values(), *looks.values()]).sum()

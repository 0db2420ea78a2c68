"""The paper's joint schedule: L_pred + L_det + L_vp in one loss (equation 2), 500,000 steps of 8 samples.

On a CPU this takes days; the staged schedule (perception first, then the method) is the default for that reason.
"""

from __future__ import annotations

from dataclasses import replace

from hyperdynamics_core.data.push_batches import BatchConfig
from hyperdynamics_core.training.losses import PredictionLossConfig
from hyperdynamics_core.training.push_config import LossWeights, OptimiserConfig, PushTrainConfig


def paper_schedule(config: PushTrainConfig) -> PushTrainConfig:
    """The same run on the paper's schedule (section 4.1): joint, squared error, batch 8, rate 1e-3, 500,000 steps.

    Give it scenes for L_det and shape_crops for L_vp. A blind method has no use for them: it learns from L_pred.
    """
    return replace(
        config,
        steps=500_000,
        batch=BatchConfig(size=8, interaction_dropout=0.0),
        position_noise=0.0,
        loss=PredictionLossConfig(kind="squared", first_vector_weight=1.0),
        weights=LossWeights(detection=1.0, view=1.0) if config.sees else LossWeights(),
        optimiser=OptimiserConfig(learning_rate=1e-3, encoder_learning_rate=1e-3, weight_decay=0.0, cosine=False),
        fine_tune_encoder=config.sees,
        log_every=1_000,
        validate_every=10_000,
        save_every=10_000,
    )

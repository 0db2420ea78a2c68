"""Held-out one-step error while training: quick, on a fixed draw, with crops from the pools."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from hyperdynamics_core.data.push_batches import PushBatches
from hyperdynamics_core.data.push_samples import PushSamples
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.training.push_config import PushTrainConfig
from hyperdynamics_core.training.push_loss import batch_codes, predict
from hyperdynamics_core.training.shape_sources import CropSampler, LiveShapes

SAMPLES = 4096


class Validation:
    """Mean Euclidean error of the object's position after one step, cm: ``t1`` over the first steps of held-out
    trajectories, as in Table 1, ``all`` over all their steps."""

    def __init__(self, samples: PushSamples, sampler: CropSampler | None, config: PushTrainConfig) -> None:
        self.sampler, self.device = sampler, config.device
        self.batches = PushBatches(
            samples, replace(config.batch, size=256, group_size=4, interaction_dropout=0.0, turn_world=True)
        )

    @torch.no_grad()
    def error_cm(self, method: LearnedMethod) -> dict[str, float]:
        """Both figures, on the same samples at every call."""
        generator = torch.Generator().manual_seed(0)
        errors: list[Tensor] = []
        first: list[Tensor] = []
        method.eval()
        source = LiveShapes(method.shape_encoder, self.sampler) if method.shape_encoder and self.sampler else None
        for _ in range(SAMPLES // self.batches.config.size):
            batch = self.batches.draw(generator).to(self.device)
            z_int, z_vis, _ = batch_codes(method, batch, self.sampler, source, generator)
            delta = method.normaliser.physical(predict(method, batch, z_int, z_vis, batch.features))
            errors.append(position_errors(delta, batch.delta))
            first.append(errors[-1][batch.rows % self.batches.samples.n_steps == 0])
        method.train()
        return {"t1": 100.0 * float(torch.cat(first).mean()), "all": 100.0 * float(torch.cat(errors).mean())}


def position_errors(delta: Tensor, truth: Tensor) -> Tensor:
    """Euclidean error [B] of the object's displacement, m, from deltas [B, 15]."""
    errors: Tensor = torch.linalg.vector_norm(delta[..., :3] - truth[..., :3], dim=-1)
    return errors

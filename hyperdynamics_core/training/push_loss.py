"""L = L_pred + L_det + L_vp (equation 2), plus our optional auxiliary loss on mass and friction, for one batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from hyperdynamics_core.data.push_batches import PushBatch
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.networks.shape import view_prediction_loss
from hyperdynamics_core.training.losses import physics_loss, prediction_loss
from hyperdynamics_core.training.push_config import PushTrainConfig
from hyperdynamics_core.training.shape_sources import CropSampler, ShapeSource, Sighting


class DetectionLoss(Protocol):
    """L_det: draws its own images from the generator; its parameters are trained and saved along."""

    def __call__(self, generator: torch.Generator) -> Tensor:
        """Scalar loss of one batch of images."""
        ...

    def parameters(self) -> Iterable[nn.Parameter]:
        """What it trains."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """Its weights."""
        ...

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> Any:
        """Take its weights back."""
        ...


def batch_codes(
    method: LearnedMethod,
    batch: PushBatch,
    sampler: CropSampler | None,
    source: ShapeSource | None,
    generator: torch.Generator,
) -> tuple[Tensor, Tensor, Sighting | None]:
    """z_int [B, n_int], z_vis of the groups [G, n_vis], and which crops were seen (None: the method is blind)."""
    z_int = batch.features.new_zeros(len(batch.features), method.n_int)
    if method.interaction_encoder is not None:
        z_int = method.interaction_code(batch.step_features, batch.step_differences, batch.step_mask)
    if sampler is None or source is None:
        return z_int, batch.features.new_zeros(len(batch.group_yaw), 0), None
    sighting = sampler.draw(batch.group_object, batch.group_yaw, generator)
    return z_int, source.codes(sighting), sighting


def predict(method: LearnedMethod, batch: PushBatch, z_int: Tensor, z_vis: Tensor, features: Tensor) -> Tensor:
    """Normalised deltas [B, n_out] from physical features [B, n_in] and the codes of ``batch_codes``."""
    outputs: Tensor = method(z_int, batch.spread(z_vis), method.normaliser.inputs(features))
    return outputs


class PushLoss:
    """All losses of a batch by name, weights applied."""

    def __init__(
        self,
        config: PushTrainConfig,
        method: LearnedMethod,
        sampler: CropSampler | None = None,
        source: ShapeSource | None = None,
        decoder: nn.Module | None = None,
        other_shapes: CropSampler | None = None,
        detection: DetectionLoss | None = None,
    ) -> None:
        """sampler and source give z_vis; decoder draws top-down views for L_vp, in every other step of crops of
        other_shapes, which are never pushed.

        Raises:
            ValueError: a weight above 0 for a loss whose parts were not handed over.
        """
        self.config, self.method = config, method
        self.sampler, self.source = sampler, source
        self.decoder, self.other_shapes, self.detection = decoder, other_shapes, detection
        if config.weights.view > 0 and (decoder is None or sampler is None or not config.fine_tune_encoder):
            raise ValueError("weights.view above 0 needs crops, a decoder and fine_tune_encoder; set it to 0 otherwise")
        if config.weights.detection > 0 and detection is None:
            raise ValueError("weights.detection above 0 needs a detection loss; set it to 0 otherwise")

    def __call__(self, step: int, batch: PushBatch, generator: torch.Generator) -> dict[str, Tensor]:
        """Scalar losses by name; the sum is what is minimised."""
        weights, method = self.config.weights, self.method
        z_int, z_vis, sighting = batch_codes(method, batch, self.sampler, self.source, generator)
        outputs = predict(method, batch, z_int, z_vis, self._seen(batch.features, generator))
        losses = {"prediction": prediction_loss(outputs, method.normaliser.outputs(batch.delta), self.config.loss)}
        if weights.physics > 0 and method.interaction_encoder is not None:
            losses["physics"] = weights.physics * physics_loss(
                method.interaction_encoder, z_int, batch.physics, batch.step_mask
            )
        if weights.view > 0 and sighting is not None:
            losses["view"] = weights.view * self._view_loss(step, z_vis, sighting, generator)
        if weights.detection > 0 and self.detection is not None:
            losses["detection"] = weights.detection * self.detection(generator)
        return losses

    def _seen(self, features: Tensor, generator: torch.Generator) -> Tensor:
        """Features as a detection with noise gives them: the rod's offset is wrong by the object's error."""
        if self.config.position_noise == 0.0:
            return features
        noise = self.config.position_noise * torch.randn(len(features), 2, generator=generator)
        return torch.cat((features[:, :2] - noise.to(features), features[:, 2:]), dim=1)

    def _view_loss(self, step: int, z_vis: Tensor, sighting: Sighting, generator: torch.Generator) -> Tensor:
        """L_vp of the pushed objects and, in odd steps, of shapes that are never pushed."""
        sampler = self.sampler
        assert self.decoder is not None and sampler is not None and self.method.shape_encoder is not None
        if self.other_shapes is not None and step % 2:
            sampler = self.other_shapes
            objects = torch.randint(sampler.n_objects, sighting.turn.shape, generator=generator)
            yaw = torch.rand(len(objects), generator=generator) * (2.0 * torch.pi)
            sighting = sampler.draw(objects.to(sampler.device), yaw.to(sampler.device), generator)
            z_vis = self.method.shape_encoder(sampler.maps(sighting))
        return view_prediction_loss(self.decoder(z_vis), sampler.masks(sighting).clamp(0.0, 1.0))

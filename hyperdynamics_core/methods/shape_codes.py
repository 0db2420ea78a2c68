"""z_vis as a function of how far the object has turned since it was seen (section 3.3): a table, or exactly."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from hyperdynamics_core.methods.context import ObjectMap
from hyperdynamics_core.networks.native_shape import native_shape_encoder
from hyperdynamics_core.vision.turning import turn


@dataclass(frozen=True)
class ShapeTable:
    """Codes at evenly spaced relative yaws over a full turn, linearly interpolated in between."""

    codes: Tensor
    """[n_yaws, n_vis], the first at relative yaw 0."""
    reference_yaw: float
    """The object's yaw at relative yaw 0, rad."""

    @classmethod
    def encode(cls, encoder: nn.Module, crop: ObjectMap, n_yaws: int) -> ShapeTable:
        """Turn the crop to n_yaws orientations and encode each.

        Raises:
            ValueError: fewer than one yaw.
        """
        if n_yaws < 1:
            raise ValueError(f"a shape table needs at least one yaw, got {n_yaws}")
        yaws = torch.arange(n_yaws) * (math.tau / n_yaws)
        return cls(_encode_turned(encoder, crop, yaws), crop.yaw)

    def at(self, relative_yaw: Tensor) -> Tensor:
        """See ``ShapeCode.at``."""
        count = len(self.codes)
        place = relative_yaw * (count / math.tau)
        below = torch.floor(place)
        part = (place - below).unsqueeze(-1)
        index = below.long() % count
        return torch.lerp(self.codes[index], self.codes[(index + 1) % count], part)


@dataclass(frozen=True)
class ExactShape:
    """Turns the feature map and encodes it again at every call, as the paper does."""

    encoder: nn.Module
    """Feature maps [B, C, Z, Y, X] to codes [B, n_vis]."""
    crop: ObjectMap
    """The object as it was seen."""

    @property
    def reference_yaw(self) -> float:
        """The object's yaw at relative yaw 0, rad."""
        return self.crop.yaw

    def at(self, relative_yaw: Tensor) -> Tensor:
        """See ``ShapeCode.at``. Equal yaws (all candidates of a plan's first step) are encoded once."""
        yaws, index = torch.unique(relative_yaw, return_inverse=True)
        return _encode_turned(self.encoder, self.crop, yaws)[index]


@torch.no_grad()
def _encode_turned(encoder: nn.Module, crop: ObjectMap, yaws: Tensor) -> Tensor:
    """Codes [n, n_vis] of the crop turned by yaws [n]."""
    features = crop.features.float()
    native = native_shape_encoder(encoder, features)
    if native is not None:
        return native(features, yaws)
    codes: Tensor = encoder(turn(features.unsqueeze(0).expand(len(yaws), *features.shape), yaws.float()))
    return codes

"""What a method gets to see of a system before it predicts: k interactions and the object's shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor


@dataclass(frozen=True)
class Interactions:
    """tau of section 3: k steps of one system, oldest first."""

    states: Tensor
    """[k, n_s], or [B, k, n_s]."""
    actions: Tensor
    """[k, n_a], or [B, k, n_a]."""
    next_states: Tensor
    """[k, n_s], or [B, k, n_s]."""


@dataclass(frozen=True)
class ObjectMap:
    """Object-centred crop of the scene's 3D feature map, M_obj of section 3.1, as seen at one moment."""

    features: Tensor
    """[C, Z, Y, X] on the crop's grid, axes along the world's; x fastest."""
    yaw: float
    """The object's yaw when it was seen, rad: codes at relative yaw 0 describe the map as it is."""


class ShapeCode(Protocol):
    """z_vis as a function of how far the object has turned since it was seen."""

    @property
    def reference_yaw(self) -> float:
        """The object's yaw when it was seen, rad."""
        ...

    def at(self, relative_yaw: Tensor) -> Tensor:
        """Codes [B, n_vis] of the object turned by relative_yaw [B] (rad)."""
        ...


@dataclass(frozen=True)
class Context:
    """Evidence about one system."""

    interactions: Interactions | None
    """None: no interaction yet; methods then use z_int = 0."""
    shape: ShapeCode | None
    """None: not seen, or a system without a visual encoder."""
    truth: Tensor | None = None
    """[n_truth] the true hidden values, for methods that are told them (upper references); None: not known."""

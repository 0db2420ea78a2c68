"""What a system is: named state and action dimensions, what the expert sees, how s (+) ds composes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from torch import Tensor

from hyperdynamics_core.systems.symmetry import Symmetries


@dataclass(frozen=True)
class Dimension:
    """One number of a state, action or delta."""

    name: str
    """What it is, e.g. ``object/position/x``."""
    unit: str
    """SI unit, e.g. ``m``; ``1`` for none."""


class System(ABC):
    """A dynamical system as the experts see it (section 3). Pure functions of batched tensors."""

    name: str
    dt: float
    """Duration of one step, s."""
    state_dimensions: tuple[Dimension, ...]
    action_dimensions: tuple[Dimension, ...]
    feature_dimensions: tuple[Dimension, ...]
    delta_dimensions: tuple[Dimension, ...]
    symmetries: Symmetries | None = None
    """Of body and ground; None: none are known."""

    @abstractmethod
    def features(self, state: Tensor, action: Tensor) -> Tensor:
        """Expert input from state [..., n_s] and action [..., n_a]: [..., n_in], physical units."""

    @abstractmethod
    def compose(self, state: Tensor, delta: Tensor) -> Tensor:
        """s (+) ds: state [..., n_s], delta [..., n_d] to the next state [..., n_s] (section 3.3)."""

    @abstractmethod
    def difference(self, state: Tensor, next_state: Tensor) -> Tensor:
        """The delta [..., n_d] for which ``compose(state, delta) == next_state``."""

"""Configuration of learning dynamics from episodes."""

from __future__ import annotations

from dataclasses import dataclass, field

from hyperdynamics_core.data.windows import WindowConfig


@dataclass(frozen=True)
class DynamicsConfig:
    """How a method's weights change, whoever collects the episodes."""

    windows: WindowConfig = field(default_factory=WindowConfig)
    """How batches are drawn."""
    learning_rate: float = 1e-3
    """Of AdamW."""
    decay: float = 0.0
    """Share of an ``update``'s steps, at its end, over which the rate falls to zero; 0: it stays."""
    weight_decay: float = 1e-2
    """Of the weights, decoupled."""
    huber: float = 1.0
    """Errors beyond this many deviations are charged linearly (contacts make them heavy-tailed); 0: all squared."""
    unroll_weight: float = 1.0
    """Of the loss over windows.unroll steps in a row, if there are any."""
    physics_weight: float = 0.0
    """Of the loss of hidden values that are told from z_int, for methods with ``sizes.auxiliary_physics``."""
    clip: float = 5.0
    """Largest norm of the gradient."""
    input_floor: float = 1e-2
    """Smallest deviation that inputs are scaled by, their units."""
    output_floor: float = 1e-4
    """Smallest deviation that deltas are scaled by, their units."""

    def __post_init__(self) -> None:
        for name in ("learning_rate", "clip", "input_floor", "output_floor"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be positive, got {getattr(self, name)}")
        for name in ("weight_decay", "huber", "unroll_weight", "physics_weight"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative, got {getattr(self, name)}")
        if not 0.0 <= self.decay <= 1.0:
            raise ValueError(f"decay must lie in [0, 1], got {self.decay}")


@dataclass(frozen=True)
class FitConfig:
    """Learning from a fixed set of episodes, held-out ones watching."""

    dynamics: DynamicsConfig = field(default_factory=DynamicsConfig)
    """How weights change."""
    updates: int = 20_000
    """Most updates."""
    validate_every: int = 500
    """Updates between looks at the held-out episodes; also the age of the state to resume from."""
    patience: int = 8
    """Looks without a better one after which it ends; the best weights are kept."""
    cosine: bool = True
    """Decay the rate to zero over all updates; else it stays."""

    def __post_init__(self) -> None:
        for name in ("updates", "validate_every", "patience"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")

"""Sizes of a method's networks."""

from __future__ import annotations

from dataclasses import dataclass

INTERACTION_ENCODERS = ("paper", "set", "none")


@dataclass(frozen=True)
class MethodConfig:
    """The defaults are the paper's sizes for pushing (section 4.1)."""

    hidden_sizes: tuple[int, ...] = (32, 32, 32)
    """Hidden layers of the expert, generated or global."""
    activation: str = "leaky_relu"
    """Of the expert: leaky_relu or relu."""
    hypernetwork_hidden: int = 16
    """Hidden units of the hypernetwork."""
    direction_scale: float = 1.0
    """How strongly a code changes the generated weights at the start of training, relative to an ordinary network's."""
    interaction_encoder: str = "paper"
    """paper (k steps concatenated), set (any number of steps), or none (z_int = 0 throughout)."""
    n_interactions: int = 5
    """k, interactions that the paper's encoder takes."""
    n_int: int = 2
    """Size of z_int."""
    n_vis: int = 8
    """Size of z_vis; 0 for a system that is not seen."""
    auxiliary_physics: bool = False
    """Give the interaction encoder a head that tells log mass and log friction (used by training alone)."""

    def __post_init__(self) -> None:
        if self.interaction_encoder not in INTERACTION_ENCODERS:
            raise ValueError(
                f"interaction_encoder must be one of {INTERACTION_ENCODERS}, got {self.interaction_encoder!r}"
            )
        for name in ("hypernetwork_hidden", "n_interactions", "n_int"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
        if self.n_vis < 0:
            raise ValueError(f"n_vis must not be negative, got {self.n_vis}")

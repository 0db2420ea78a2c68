"""Sizes of a method's networks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

INTERACTION_ENCODERS = ("paper", "set", "window", "gru", "truth", "none")


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
    rank: int = 16
    """Directions in which a code changes each layer of the method low-rank."""
    members: int = 3
    """Of an ensemble."""
    interaction_encoder: str = "paper"
    """paper (k steps concatenated), set (any number of steps), window (k consecutive steps, the paper's for
    locomotion), gru (k consecutive steps in a GRU), truth (told the hidden values), or none (z_int = 0 throughout)."""
    encoder_hidden: int = 128
    """Hidden units of the window and gru encoders."""
    bounded_code: bool = True
    """Bring z_int into (-1, 1) by a tanh."""
    n_interactions: int = 5
    """k, interactions that the encoder takes; set takes any number."""
    full_window: bool = False
    """z_int = 0 until k steps are known, whatever the encoder; else fewer than it needs are an error."""
    truth_choices: tuple[int, ...] = ()
    """For each hidden value that a method with the encoder truth is told: 0 (a number), or how many choices it has."""
    input_clamp: float = 0.0
    """Normalised inputs of the networks are clamped to +- this; 0: not clamped."""
    n_int: int = 2
    """Size of z_int."""
    n_vis: int = 8
    """Size of z_vis; 0 for a system that is not seen."""
    auxiliary_physics: bool = False
    """Give the interaction encoder a head that tells the hidden physics, used by training alone: log mass and log
    friction of what is pushed, the values of truth_choices of a legged system."""

    def __post_init__(self) -> None:
        if self.interaction_encoder not in INTERACTION_ENCODERS:
            raise ValueError(
                f"interaction_encoder must be one of {INTERACTION_ENCODERS}, got {self.interaction_encoder!r}"
            )
        if min(self.hidden_sizes, default=0) < 1:
            raise ValueError(f"hidden_sizes must be one or more widths of at least 1, got {self.hidden_sizes}")
        for name in ("hypernetwork_hidden", "rank", "members", "n_interactions", "n_int", "encoder_hidden"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
        for name in ("n_vis", "input_clamp"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative, got {getattr(self, name)}")
        if self.interaction_encoder == "truth" and not self.truth_choices:
            raise ValueError("a method that is told the truth needs truth_choices, one entry for each hidden value")
        if self.auxiliary_physics and self.interaction_encoder == "truth":
            raise ValueError("auxiliary_physics makes no sense for a method that is told the truth; set it to False")


def locomotion_sizes(**changes: Any) -> MethodConfig:
    """The paper's sizes for locomotion (section 4.2) with what measured better: bounded codes, inputs clamped to +-5
    and small initial directions of the hypernetwork. changes are fields of ``MethodConfig``.
    """
    return replace(LOCOMOTION, **changes)


def paper_locomotion_sizes(**changes: Any) -> MethodConfig:
    """The paper's sizes for locomotion as they stand, codes and inputs unbounded; see ``locomotion_sizes``."""
    return replace(LOCOMOTION, **{"bounded_code": False, "input_clamp": 0.0, "direction_scale": 1.0, **changes})


LOCOMOTION = MethodConfig(
    hidden_sizes=(128, 128),
    activation="relu",
    direction_scale=0.2,
    interaction_encoder="window",
    n_interactions=16,
    full_window=True,
    n_vis=0,
    input_clamp=5.0,
)

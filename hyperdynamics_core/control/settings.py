"""What the push task is told and how it is set up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.control.probing import ProbingConfig
from hyperdynamics_core.control.reposition import RepositionConfig
from hyperdynamics_core.control.rounds import RoundsConfig
from hyperdynamics_core.methods.experts import Experts
from hyperdynamics_core.planning.coasting import DECELERATION
from hyperdynamics_core.planning.geometry import Box


@dataclass(frozen=True)
class Observation:
    """What is known after a step."""

    state: NDArray[np.float64] | None
    """[16] push state; None: no fresh state."""
    object_box: Box | None = None
    """The object's detected box; None: not in this view, the last one is used on."""
    obstacles: Sequence[Box] = ()
    """Detected boxes of everything else."""
    experts: Experts | None = None
    """Dynamics of the object; None: not ready."""
    object_in_view: bool = True
    """False: perception does not find the object."""
    obstacle_contact: bool = False
    """Whether the object or the rod has touched an obstacle."""
    off_table: bool = False
    """Whether the object has left the table."""


@dataclass(frozen=True)
class PushTaskConfig:
    """Limits and habits of one goal."""

    probes: int = 5
    """Probing pushes before planning: the paper's k."""
    tolerance: float = 0.04
    """Distance to the goal that counts as reached, m."""
    arrival_margin: float = 0.006
    """It goes on pushing until the object is seen this much nearer than the tolerance: the camera's error, m."""
    max_pushes: int = 50
    """Planned pushes before it gives up."""
    rest_speed: float = 0.01
    """Below this speed an object counts as resting, m/s."""
    max_waits: int = 5
    """Steps it waits at most for a sliding object to rest, at the goal or before a probe."""
    max_lost: int = 5
    """Steps it waits at most for an object that is not in view."""
    max_stale: int = 10
    """Steps it waits at most for a fresh state or expert."""
    max_probe_attempts: int = 15
    """Probes tried at most to get the wanted number that move the object."""
    max_repositions: int = 3
    """Times the rod is set down elsewhere at most before it pushes."""
    touched: float = 0.003
    """A probe that moves the object by less has not touched it, m."""
    deceleration: float = DECELERATION
    """What friction takes from a sliding object, m/s^2."""
    probing: ProbingConfig = field(default_factory=ProbingConfig)
    reposition: RepositionConfig = field(default_factory=RepositionConfig)
    rounds: RoundsConfig = field(default_factory=RoundsConfig)

    def __post_init__(self) -> None:
        if self.probes < 0 or self.max_pushes < 1:
            raise ValueError(f"a push task needs probes >= 0 and max_pushes >= 1, got {self.probes}, {self.max_pushes}")
        if not 0.0 <= self.arrival_margin < self.tolerance:
            raise ValueError(f"arrival_margin {self.arrival_margin} must lie in [0, tolerance {self.tolerance})")

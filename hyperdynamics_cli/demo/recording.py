"""What was said on the topics during one goal, by the stamp of the state it belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_cli.drawing.records import Overlay, PushRecord

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Step:
    """What the robot did between two states."""

    stamp: int
    """Of the state before, ns."""
    duration: float
    """s."""
    before: Array
    """[16] push state."""
    command: Array | None
    """[3] displacement, m; None: none was heard."""
    after: Array
    """[16] push state."""
    overlay: Overlay
    """What the controller had in mind."""
    feedback: Feedback | None
    """Newest word of the controller at that time."""


@dataclass(frozen=True)
class Feedback:
    """One feedback of the action."""

    phase: str
    """waiting, probing, pushing or stopped."""
    push: PushRecord | None
    """None before the first push."""
    distance: float
    """m; NaN: not known."""


@dataclass
class Recording:
    """One goal; plain values that can go to another process."""

    number: int
    """Number of the goal, from 1."""
    scene: Mapping[str, Any]
    """The bridge's words about the episode; empty for an external robot."""
    goal: tuple[float, float]
    """m."""
    states: dict[int, Array] = field(default_factory=dict)
    """[16] by stamp (ns), in the order they came."""
    commands: dict[int, Array] = field(default_factory=dict)
    """[3] by the stamp of the state they answer."""
    overlays: dict[int, Overlay] = field(default_factory=dict)
    feedback: dict[int, Feedback] = field(default_factory=dict)
    """By the stamp of the newest state when it came."""

    @property
    def newest(self) -> int:
        """Stamp of the newest state, ns; 0 before the first."""
        return next(reversed(self.states), 0)

    def path(self) -> Array:
        """[n, 2] places of the object, m."""
        return np.array([state[:2] for state in self.states.values()]).reshape(-1, 2)

    def steps(self, least: int = 0) -> list[Step]:
        """The way from state to state, in order; states nearer than least (ns) to the one before are left out."""
        stamps = thinned(sorted(self.states), least)
        return [self._step(stamp, later) for stamp, later in zip(stamps[:-1], stamps[1:], strict=True)]

    def _step(self, stamp: int, later: int) -> Step:
        return Step(
            stamp,
            1e-9 * (later - stamp),
            self.states[stamp],
            self.commands.get(stamp),
            self.states[later],
            _latest(self.overlays, stamp) or Overlay(),
            _latest(self.feedback, stamp),
        )


def thinned(stamps: Sequence[int], least: int) -> list[int]:
    """Ascending stamps without those that follow another by less than least."""
    kept: list[int] = []
    for stamp in stamps:
        if not kept or stamp - kept[-1] >= least:
            kept.append(stamp)
    return kept


def _latest(values: Mapping[int, Any], stamp: int) -> Any:
    """Value of the newest stamp that is not after a given one; None where there is none."""
    known = [other for other in values if other <= stamp]
    return values[max(known)] if known else None

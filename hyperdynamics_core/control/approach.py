"""The rod's way to where a push is to begin, and the push that it goes there for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from hyperdynamics_core.control.commands import Command, CommandKind
from hyperdynamics_core.control.reposition import Reposition, RepositionConfig
from hyperdynamics_core.planning.problem import Plan


@dataclass(frozen=True, eq=False)
class Intent:
    """A push that is meant, perhaps from another place than the rod's."""

    kind: CommandKind
    action: NDArray[np.float64]
    """[3] displacement, m."""
    plan: Plan | None = None
    """Where it comes from; None for a probe."""


class Approach:
    """At most one re-position at a time; counts how many follow each other without a push."""

    def __init__(self, config: RepositionConfig) -> None:
        self.repositions = 0
        """Since the last push."""
        self._config = config
        self._way: Reposition | None = None
        self.intent: Intent | None = None
        """The push that the last way is or was for, until it is made."""

    @property
    def under_way(self) -> bool:
        """Whether a re-position has parts left, as far as is known."""
        return self._way is not None

    @property
    def wants_view(self) -> bool:
        """Whether the scene should be looked at now: not between the parts of a way."""
        return self._way is None or self._way.is_lowering

    def begin(self, place: tuple[float, float], intent: Intent) -> None:
        """Set out for a place (x, y), m, to push from there."""
        self._way, self.intent = Reposition(place, self._config), intent
        self.repositions += 1

    def next(self, state: Tensor) -> Command | None:
        """The next part of the way in a push state [16]; None: there is none."""
        if self._way is None:
            return None
        command = self._way.next((float(state[13]), float(state[14]), float(state[15])))
        if command is None:
            self._way = None
        return command

    def pushed(self) -> None:
        """A push was made: whatever was meant before is no more."""
        self.intent, self.repositions = None, 0

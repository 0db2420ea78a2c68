"""Setting the rod down elsewhere: up, across, down, each a displacement command of its own."""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import Tensor

from hyperdynamics_core.control.commands import Command, CommandKind


@dataclass(frozen=True)
class RepositionConfig:
    """Heights and limits of a re-position."""

    push_height: float = 0.012
    """Height of the rod's tip while it pushes, m."""
    travel_height: float = 0.16
    """Height of the rod's tip on the way, above every object, m."""
    tolerance: float = 0.006
    """A part of the way counts as done when the tip is this near to its end, m."""
    max_commands: int = 4
    """Commands given to one part of the way before going on regardless."""
    longest_move: float = 0.3
    """Longest single displacement, m; longer ways are cut up."""


class Reposition:
    """Commands from where the rod is to a new place at pushing height. Ask ``next`` before every step."""

    def __init__(self, target: tuple[float, float], config: RepositionConfig) -> None:
        self.target = target
        self.config = config
        self._parts = [CommandKind.LIFT, CommandKind.MOVE, CommandKind.LOWER]
        self._given = 0

    @property
    def is_lowering(self) -> bool:
        """Whether the next step may be the push: the scene should be looked at before it."""
        return not self._parts or (self._parts[0] is CommandKind.LOWER and self._given > 0)

    def next(self, rod: tuple[float, float, float]) -> Command | None:
        """The next command with the rod's tip at ``rod`` (x, y, z), m; None: the rod stands where it should."""
        while self._parts:
            kind = self._parts[0]
            displacement = self._remaining(kind, rod)
            length = math.hypot(*displacement)
            if length > self.config.tolerance and self._given < self.config.max_commands:
                self._given += 1
                scale = min(1.0, self.config.longest_move / length)
                return Command((displacement[0] * scale, displacement[1] * scale, displacement[2] * scale), kind)
            self._parts.pop(0)
            self._given = 0
        return None

    def _remaining(self, kind: CommandKind, rod: tuple[float, float, float]) -> tuple[float, float, float]:
        x, y, z = rod
        if kind is CommandKind.LIFT:
            return (0.0, 0.0, max(0.0, self.config.travel_height - z))
        across = (self.target[0] - x, self.target[1] - y)
        if kind is CommandKind.MOVE:
            return (*across, self.config.travel_height - z)
        return (*across, self.config.push_height - z)


def rod_is_down(state: Tensor, config: RepositionConfig, slack: float = 0.015) -> bool:
    """Whether the rod in a push state [16] is at pushing height, give or take ``slack`` m."""
    return abs(float(state[15]) - config.push_height) <= slack


def with_rod_at_height(state: Tensor, config: RepositionConfig) -> Tensor:
    """The state [16] with a lowered rod exactly at the height that experts know: a millimetre is out of their range."""
    if not rod_is_down(state, config):
        return state
    level = state.clone()
    level[15] = config.push_height
    return level

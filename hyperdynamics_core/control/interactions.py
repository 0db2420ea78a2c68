"""Rolling history of what the rod did to one object: the evidence tau of section 3."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from hyperdynamics_core.methods.context import Interactions
from hyperdynamics_core.systems.push import END_EFFECTOR, LINEAR_VELOCITY, PUSH


@dataclass(frozen=True)
class InteractionLogConfig:
    """Which steps count as interactions."""

    capacity: int = 64
    """Steps kept; the oldest go first."""
    push_height: float = 0.012
    """Height of the rod's tip while it pushes, m."""
    height_tolerance: float = 0.02
    """A step in which the tip is farther from that height at either end is a lift, move or lower, m."""
    least_displacement: float = 0.005
    """A shorter step is a wait, m."""

    def __post_init__(self) -> None:
        if self.capacity < 1:
            raise ValueError(f"capacity must be 1 or more steps, got {self.capacity}")


def is_push(
    before: NDArray[np.float64], command: NDArray[np.float64], after: NDArray[np.float64], config: InteractionLogConfig
) -> bool:
    """Whether a step of states [16] and a command [3] is a push at pushing height: no lift, move, lowering or wait."""
    heights = np.array([before[END_EFFECTOR][2], after[END_EFFECTOR][2]])
    level = np.abs(heights - config.push_height) <= config.height_tolerance
    return bool(level.all()) and float(np.linalg.norm(command[:2])) >= config.least_displacement


class InteractionLog:
    """Keeps (state, action, next state) of pushes at pushing height; lifts, moves and waits are left out."""

    def __init__(self, config: InteractionLogConfig | None = None) -> None:
        self.config = config or InteractionLogConfig()
        self.episode = 0
        """Raised by one with every ``clear``: a history never spans two objects."""
        self._steps: deque[tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]] = deque(
            maxlen=self.config.capacity
        )
        self.waits: deque[tuple[float, float]] = deque(maxlen=self.config.capacity)
        """(speed lost, m/s; duration, s) of steps in which the object slid by itself: what friction took."""

    def __len__(self) -> int:
        return len(self._steps)

    def clear(self) -> None:
        """Forget everything: a new object or episode."""
        self._steps.clear()
        self.waits.clear()
        self.episode += 1

    def record(self, state: ArrayLike, action: ArrayLike, next_state: ArrayLike) -> bool:
        """Add one step of 0.8 s: states [16], action [3]. Returns whether it was kept as an interaction.

        Raises:
            ValueError: a size is wrong or a number is not finite.
        """
        before, command, after = (np.asarray(part, dtype=np.float64) for part in (state, action, next_state))
        if before.shape != (16,) or command.shape != (3,) or after.shape != (16,):
            raise ValueError(
                f"an interaction is a state [16], an action [3] and a next state [16], got {before.shape}, "
                f"{command.shape} and {after.shape}"
            )
        if not all(np.isfinite(part).all() for part in (before, command, after)):
            raise ValueError("an interaction has a number that is not finite; drop the step")
        if not is_push(before, command, after, self.config):
            self._record_wait(before, after)
            return False
        self._steps.append((before, command, after))
        return True

    def latest(self, k: int, fill: bool = False) -> Interactions | None:
        """The newest k interactions, oldest first; None: none yet.

        Where there are fewer, fewer come back; with ``fill`` they are repeated up to k, for encoders of a fixed k.
        """
        chosen = list(self._steps)[-k:] if k > 0 else []
        if chosen and fill:
            chosen = (chosen * k)[:k]
        if not chosen:
            return None
        states, actions, next_states = (_stack(part) for part in zip(*chosen, strict=True))
        return Interactions(states, actions, next_states)

    def _record_wait(self, before: NDArray[np.float64], after: NDArray[np.float64]) -> None:
        speeds = [float(np.linalg.norm(state[LINEAR_VELOCITY][:2])) for state in (before, after)]
        if speeds[1] > 0.005:
            self.waits.append((speeds[0] - speeds[1], PUSH.dt))

    def deceleration(self) -> float | None:
        """What friction was seen to take from the sliding object, m/s^2 (median); None: never seen to slide on."""
        seen = [lost / duration for lost, duration in self.waits if lost > 0.0]
        return float(np.median(seen)) if seen else None


def _stack(part: tuple[NDArray[np.float64], ...]) -> Tensor:
    return torch.from_numpy(np.stack(part)).float()

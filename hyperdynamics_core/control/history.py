"""The last k steps of one episode, as the interaction encoder takes them (section 3.2: k = 16).

A ring buffer that is written twice, so that the newest k steps always lie in one piece, oldest first:

    k = 3, after steps 0 1 2 3:    slots  [3 1 2 | 3 1 2]    newest three: slots 1 to 3, that is 1 2 3
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from hyperdynamics_core.methods.context import Interactions
from hyperdynamics_core.systems.system import System

WINDOW = 16
"""The paper's k for locomotion."""
TOLERANCE = 1e-4
"""A step whose state differs by more from where the last one ended does not follow it (SI units)."""


class History:
    """Rolling window over steps that follow each other."""

    def __init__(self, system: System, k: int = WINDOW) -> None:
        """k: steps of a window.

        Raises:
            ValueError: k below 1.
        """
        if k < 1:
            raise ValueError(f"a history needs a window of at least 1 step, got {k}")
        self.system, self.k = system, k
        self.breaks = 0
        """Times it began anew because a step did not follow the one before."""
        n_s, n_a = len(system.state_dimensions), len(system.action_dimensions)
        self._sizes = (n_s, n_a, n_s)
        self._steps = np.zeros((2 * k, 2 * n_s + n_a), np.float32)
        self._count = 0

    def __len__(self) -> int:
        """Steps known, at most k."""
        return min(self._count, self.k)

    def clear(self) -> None:
        """Forget all: a new episode begins."""
        self._count = 0

    def record(self, state: ArrayLike, action: ArrayLike, next_state: ArrayLike) -> None:
        """Add a step: state [n_s], action [n_a], next_state [n_s]. One that does not follow the last begins anew.

        Raises:
            ValueError: a part of another size, or not finite; nothing is recorded then.
        """
        parts = (("state", state), ("action", action), ("next state", next_state))
        step = np.concatenate([self._check(*part, n) for part, n in zip(parts, self._sizes, strict=True)])
        n_s = self._sizes[0]
        if self._count and not np.allclose(step[:n_s], self._last()[-n_s:], rtol=1e-5, atol=TOLERANCE):
            self.breaks += 1
            self.clear()
        slot = self._count % self.k
        self._steps[slot] = self._steps[slot + self.k] = step
        self._count += 1

    def latest(self) -> Interactions | None:
        """The newest k steps, oldest first; None until there are k."""
        if self._count < self.k:
            return None
        first = self._count % self.k
        window = torch.from_numpy(self._steps[first : first + self.k].copy())
        n_s, n_a, _ = self._sizes
        return Interactions(window[:, :n_s], window[:, n_s : n_s + n_a], window[:, n_s + n_a :])

    def _last(self) -> NDArray[np.float32]:
        last: NDArray[np.float32] = self._steps[(self._count - 1) % self.k]
        return last

    def _check(self, name: str, values: ArrayLike, size: int) -> NDArray[np.float32]:
        array = np.asarray(values, np.float32)
        if array.shape != (size,):
            raise ValueError(
                f"a {name} of system {self.system.name!r} has {size} numbers, got an array of shape {array.shape}; "
                "give those of this robot"
            )
        if not np.isfinite(array).all():
            raise ValueError(f"the {name} holds a number that is not finite: {array}; drop this step")
        return array

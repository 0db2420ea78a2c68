"""Batches for learning dynamics: windows of the last k steps, and the steps after them that are to be predicted.

Example, k = 3, window at t = 5 of an episode::

    steps   0   1   2   3   4   5   6   7   8 ...
                    [--window-] ^ the code is made here; targets are steps 5 ... 5 + reach - 1, the first always 5

A window never crosses its episode's start: for t < k it does not count (mask False), as before the first k steps of a
walk. Some others are dropped likewise, so that a code of 0 means "nothing known" to every method.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from hyperdynamics_core.data.episodes import Episode
from hyperdynamics_core.systems.symmetry import Symmetries
from hyperdynamics_core.systems.system import System


@dataclass(frozen=True)
class WindowConfig:
    """How batches are drawn."""

    windows: int = 64
    """B, windows a batch."""
    targets: int = 8
    """G, steps to predict with the expert of each window."""
    steps: int = 16
    """k, steps in a window."""
    reach: int = 20
    """Targets are among this many steps from the window's end on: an expert is kept for the planner's horizon."""
    dropout: float = 0.1
    """Share of windows that do not count."""
    unroll: int = 0
    """Steps in a row that are handed out for a loss over several steps; 0: none."""
    mirrored: bool = True
    """Show each window, with what follows it, under a random one of the system's symmetries, if it has any."""

    def __post_init__(self) -> None:
        for name in ("windows", "targets", "steps", "reach"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
        if not 0.0 <= self.dropout <= 1.0 or self.unroll < 0:
            raise ValueError(f"dropout must be in [0, 1] and unroll not negative, got {self.dropout}, {self.unroll}")


@dataclass(frozen=True)
class WindowBatch:
    """B windows and what follows them, physical units."""

    features: Tensor
    """[B, k, n_in] of the window's steps, oldest first; whatever where the window does not count."""
    differences: Tensor
    """[B, k, n_d] likewise."""
    mask: Tensor
    """[B, k] bool: all or none of a window count."""
    truth: Tensor
    """[B, n_h] hidden values at the window's end."""
    target_features: Tensor
    """[B, G, n_in]."""
    target_deltas: Tensor
    """[B, G, n_d]."""
    path_states: Tensor
    """[B, H + 1, n_s] in a row from the window's end; H = unroll."""
    path_actions: Tensor
    """[B, H, n_a] likewise."""


class WindowData:
    """Episodes end to end, as tensors, with what networks see worked out once."""

    def __init__(self, system: System, episodes: Sequence[Episode], hidden_names: Sequence[str] = ()) -> None:
        """hidden_names: of the columns of ``Episode.hidden``; those of single joints follow the system's symmetries.

        Raises ValueError where there is no episode.
        """
        if not episodes:
            raise ValueError("no episode to learn from; collect some first")
        self.system = system
        self.lengths = torch.tensor([len(episode) for episode in episodes])
        self.first = torch.cat((torch.zeros(1, dtype=torch.long), (self.lengths + 1).cumsum(0)[:-1]))
        """[E] row of every episode's first state; its last state is at first + length."""
        self.states = _rows([episode.states for episode in episodes])
        self.actions = _rows([_padded(episode.actions) for episode in episodes])
        """[R, n_a]; the row of an episode's last state holds no action, zeros."""
        self.hidden = _rows([_padded(episode.hidden) for episode in episodes])
        self.features = system.features(self.states, self.actions)
        following = self.states.roll(-1, 0)
        self.deltas = system.difference(self.states, following)
        """[R, n_d]; of no meaning in the rows of last states."""
        steps = torch.ones(len(self.states), dtype=torch.bool)
        steps[self.first + self.lengths] = False
        self.steps = torch.nonzero(steps).squeeze(1)
        """[N] rows that are steps."""
        counts = self.lengths + 1
        self.begin = self.first.repeat_interleave(counts)
        """[R] first row of each row's episode."""
        self.end = (self.first + self.lengths).repeat_interleave(counts)
        """[R] row of the last state of each row's episode."""
        self._maps = None if system.symmetries is None else _Maps(system, system.symmetries, hidden_names)
        self._long_enough: dict[int, Tensor] = {}

    def draw(self, config: WindowConfig, generator: torch.Generator) -> WindowBatch:
        """A batch of windows at random times.

        Raises:
            ValueError: every episode is shorter than the steps to unroll. Some that are, as walks that ended early, are
                left out of the draw.
        """
        steps = self._steps_of(config.unroll)
        rows = steps[torch.randint(len(steps), (config.windows,), generator=generator)]
        rows = torch.minimum(rows, self.end[rows] - config.unroll)
        counted = torch.rand(config.windows, generator=generator) >= config.dropout
        batch = self.batch(rows, self._targets(rows, config, generator), config, counted)
        if self._maps is None or not config.mirrored:
            return batch
        return self._maps.apply(batch, torch.randint(len(self._maps), (config.windows,), generator=generator))

    def _steps_of(self, length: int) -> Tensor:
        """Rows of the steps of episodes that are so long."""
        if length not in self._long_enough:
            self._long_enough[length] = self.steps[(self.end - self.begin)[self.steps] >= length]
        if len(self._long_enough[length]) == 0:
            raise ValueError(f"no episode can be unrolled {length} steps, the longest has {int(self.lengths.max())}")
        return self._long_enough[length]

    def _targets(self, rows: Tensor, config: WindowConfig, generator: torch.Generator) -> Tensor:
        reach = torch.minimum(self.end[rows] - rows, torch.tensor(config.reach)).unsqueeze(1)
        places = torch.rand(len(rows), config.targets, generator=generator)
        places[:, 0] = 0.0
        return rows.unsqueeze(1) + (places * reach).long()

    def batch(self, rows: Tensor, targets: Tensor, config: WindowConfig, counted: Tensor | None = None) -> WindowBatch:
        """The windows that end before rows [B], predicting the steps at rows targets [B, G].

        counted [B] bool: False drops a window.
        """
        window, mask = self.window_rows(rows, config.steps)
        if counted is not None:
            mask = mask & counted
        path = rows.unsqueeze(1) + torch.arange(config.unroll + 1)
        return WindowBatch(
            self.features[window],
            self.deltas[window],
            mask.unsqueeze(1).expand(-1, config.steps),
            self.hidden[rows],
            self.features[targets],
            self.deltas[targets],
            self.states[path],
            self.actions[path[:, :-1]],
        )

    def window_rows(self, rows: Tensor, steps: int) -> tuple[Tensor, Tensor]:
        """Rows [B, k] of the steps before rows [B], and whether [B] they all are of the same episode."""
        window = rows.unsqueeze(1) + torch.arange(-steps, 0)
        return window.clamp_min(0), rows - self.begin[rows] >= steps


class _Maps:
    """The system's symmetries as they act on a batch."""

    def __init__(self, system: System, symmetries: Symmetries, hidden_names: Sequence[str]) -> None:
        self._states, self._actions = symmetries.states.mT.contiguous(), symmetries.actions.mT.contiguous()
        seen = len(system.feature_dimensions) - len(system.action_dimensions)
        pairs = zip(self._states, self._actions, strict=True)
        blocks = [torch.block_diag(state[-seen:, -seen:], action) for state, action in pairs]  # type: ignore[no-untyped-call]
        self._features = torch.stack(blocks)
        self._hidden = _hidden_order(system, symmetries, hidden_names)

    def __len__(self) -> int:
        return len(self._states)

    def apply(self, batch: WindowBatch, which: Tensor) -> WindowBatch:
        """The batch with its windows [B] under these symmetries."""
        states, actions, features = self._states[which], self._actions[which], self._features[which]
        return WindowBatch(
            batch.features @ features,
            batch.differences @ states,
            batch.mask,
            batch.truth if self._hidden is None else batch.truth.gather(1, self._hidden[which]),
            batch.target_features @ features,
            batch.target_deltas @ states,
            batch.path_states @ states,
            batch.path_actions @ actions,
        )


def _hidden_order(system: System, symmetries: Symmetries, hidden_names: Sequence[str]) -> Tensor | None:
    """[S, n_h]: the column whose value each hidden value takes; None where they are not one a joint.

    Raises:
        ValueError: some hidden values, but not all, are of single joints.
    """
    joints = [dimension.name.split("/")[0] for dimension in system.action_dimensions]
    places = {name: index for index, joint in enumerate(joints) for name in hidden_names if name.endswith(f"/{joint}")}
    if not places:
        return None
    if sorted(places.values()) != list(range(len(joints))) or len(hidden_names) != len(joints):
        raise ValueError(f"hidden values {tuple(hidden_names)} must be of no joint or of each one of {joints}")
    # Joint j becomes joints[j]: what stands there afterwards is what stood at j.
    return symmetries.joints.argsort(dim=1)


def _rows(arrays: Sequence[np.ndarray]) -> Tensor:
    return torch.from_numpy(np.concatenate(arrays))


def _padded(values: np.ndarray) -> np.ndarray:
    return np.concatenate((values, np.zeros_like(values[:1])))

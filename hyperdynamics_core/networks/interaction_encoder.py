"""The interaction encoder E_int: from k steps of one system to the code z_int of its hidden physics (section 3).

All forms take steps [B, k, n_step], normalised, with a mask [B, k] of those that count. A step is its features and its
difference side by side, or for those that read consecutive steps (window, gru) the features alone: the pairs (s, a) of
the paper. A row without any step gets z_int = 0, which means "nothing known yet".
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import torch
from torch import Tensor, nn

from hyperdynamics_core.networks.one_row import OneRow, Row

N_PHYSICS = 2
"""Outputs of the auxiliary head for pushing: log mass and log friction, standardised over the training systems."""


class InteractionEncoder(nn.Module, ABC):
    """What every form shares: zero without evidence, codes in (-1, 1) if bounded, an optional head that tells the
    physics."""

    min_steps: int
    """Fewest steps that make a code."""
    bounded: bool = True
    """Whether codes go through tanh."""

    def __init__(self, n_step: int, n_code: int, n_physics: int = 0) -> None:
        super().__init__()
        self.n_step = n_step
        self.n_code = n_code
        self.physics_head = nn.Linear(n_code, n_physics) if n_physics else None

    @abstractmethod
    def encode(self, steps: Tensor, mask: Tensor) -> Tensor:
        """Unbounded codes [B, n_code]; see ``forward``."""

    def forward(self, steps: Tensor, mask: Tensor | None = None) -> Tensor:
        """Codes z_int [B, n_code] from steps [B, k, n_step] and a boolean mask [B, k] (None: all count).

        Raises:
            ValueError: steps of another size, or fewer than ``min_steps`` of them.
        """
        if steps.shape[-1] != self.n_step:
            raise ValueError(f"an interaction step has {self.n_step} numbers, got {steps.shape[-1]}")
        if steps.shape[1] < self.min_steps:
            raise ValueError(
                f"{type(self).__name__} needs {self.min_steps} interactions, got {steps.shape[1]}; "
                "push more often, or use a model with the set encoder"
            )
        counted = torch.ones(steps.shape[:2], dtype=torch.bool, device=steps.device) if mask is None else mask
        code = self.encode(steps, counted)
        code = torch.tanh(code) if self.bounded else code
        return code if mask is None else code * mask.any(1, keepdim=True)

    def code_of(self, steps: Row) -> Row:
        """Code [n_code] of one system's steps [k, n_step], all of which count, without gradients.

        Raises:
            ValueError: see ``forward``.
        """
        with torch.inference_mode():
            code: Row = self(torch.from_numpy(steps).unsqueeze(0))[0].numpy()
        return code

    def physics(self, code: Tensor) -> Tensor:
        """Standardised hidden values [B, n_physics] told from codes [B, n_code].

        Raises:
            ValueError: the encoder was built without the auxiliary head.
        """
        if self.physics_head is None:
            raise ValueError("this interaction encoder has no auxiliary head; build it with n_physics above 0")
        out: Tensor = self.physics_head(code)
        return out


class ConcatenatedEncoder(InteractionEncoder):
    """A plain ``network`` on the last ``min_steps`` steps side by side."""

    network: nn.Sequential

    def code_of(self, steps: Row) -> Row:
        """See ``InteractionEncoder.code_of``; many times quicker than ``forward``."""
        if len(steps) < self.min_steps or steps.shape[1] != self.n_step:
            return super().code_of(steps)
        if self._one_row is None:
            self._one_row = OneRow(self.network)
        code = self._one_row(steps[-self.min_steps :].ravel())
        return np.tanh(code) if self.bounded else code

    _one_row: OneRow | None = None


class PaperInteractionEncoder(ConcatenatedEncoder):
    """The paper's: the last k steps concatenated, one hidden layer of 8 (section 4.1)."""

    def __init__(self, n_step: int, n_code: int = 2, n_steps: int = 5, n_hidden: int = 8, n_physics: int = 0) -> None:
        super().__init__(n_step, n_code, n_physics)
        self.min_steps = n_steps
        self.network = nn.Sequential(nn.Linear(n_steps * n_step, n_hidden), nn.LeakyReLU(), nn.Linear(n_hidden, n_code))

    def encode(self, steps: Tensor, mask: Tensor) -> Tensor:
        """See ``InteractionEncoder.encode``. Steps that do not count read as the average step, zero."""
        latest = (steps * mask.unsqueeze(-1))[:, -self.min_steps :]
        out: Tensor = self.network(latest.flatten(1))
        return out


class SetInteractionEncoder(InteractionEncoder):
    """Any number of steps in any order: a network for each step, then mean and maximum over the steps.

    Not in the paper. Where mass and friction vary widely it reads them better than the concatenation does.
    """

    min_steps = 1

    def __init__(self, n_step: int, n_code: int = 2, n_hidden: int = 64, n_physics: int = 0) -> None:
        super().__init__(n_step, n_code, n_physics)
        self.step_network = nn.Sequential(
            nn.Linear(n_step, n_hidden), nn.LeakyReLU(), nn.Linear(n_hidden, n_hidden), nn.LeakyReLU()
        )
        self.readout = nn.Linear(2 * n_hidden, n_code)

    def encode(self, steps: Tensor, mask: Tensor) -> Tensor:
        """See ``InteractionEncoder.encode``."""
        counts = mask.unsqueeze(-1)
        hidden = self.step_network(steps)
        mean = (hidden * counts).sum(1) / counts.sum(1).clamp_min(1)
        # A row without steps has no maximum, and 0 * inf in forward would not be 0.
        maximum = torch.where(counts.any(1), hidden.masked_fill(~counts, -torch.inf).amax(1), 0.0)
        out: Tensor = self.readout(torch.cat((mean, maximum), dim=-1))
        return out


class WindowInteractionEncoder(ConcatenatedEncoder):
    """The paper's for locomotion: the last k steps concatenated, two hidden layers of 128, ReLU (section 4.2)."""

    def __init__(
        self, n_step: int, n_code: int = 2, n_steps: int = 16, n_hidden: int = 128, n_physics: int = 0
    ) -> None:
        super().__init__(n_step, n_code, n_physics)
        self.min_steps = n_steps
        self.network = nn.Sequential(
            nn.Linear(n_steps * n_step, n_hidden),
            nn.ReLU(),
            nn.Linear(n_hidden, n_hidden),
            nn.ReLU(),
            nn.Linear(n_hidden, n_code),
        )

    def encode(self, steps: Tensor, mask: Tensor) -> Tensor:
        """See ``InteractionEncoder.encode``; a window counts whole or not at all."""
        out: Tensor = self.network(steps[:, -self.min_steps :].flatten(1))
        return out


class RecurrentInteractionEncoder(InteractionEncoder):
    """A GRU over the last k steps: its last hidden state, projected where the code is of another size."""

    def __init__(
        self, n_step: int, n_code: int = 2, n_steps: int = 16, n_hidden: int = 128, n_physics: int = 0
    ) -> None:
        super().__init__(n_step, n_code, n_physics)
        self.min_steps = n_steps
        self.gru = nn.GRU(n_step, n_hidden, batch_first=True)
        self.readout = nn.Linear(n_hidden, n_code) if n_code != n_hidden else nn.Identity()

    def encode(self, steps: Tensor, mask: Tensor) -> Tensor:
        """See ``InteractionEncoder.encode``; a window counts whole or not at all."""
        _, last = self.gru(steps[:, -self.min_steps :])
        out: Tensor = self.readout(last[0])
        return out


FEATURE_ENCODERS = ("window", "gru")
"""Kinds that read consecutive steps, and so only the steps' features: the differences stand between them."""


def make_interaction_encoder(
    kind: str, n_step: int, n_code: int, n_steps: int = 5, n_physics: int = 0, n_hidden: int = 128
) -> InteractionEncoder | None:
    """Build by name: ``paper`` (n_steps fixed), ``set``, ``window`` and ``gru`` (n_steps fixed, n_hidden units), or
    ``none``, which gives None.

    Raises:
        ValueError: an unknown kind.
    """
    if kind == "paper":
        return PaperInteractionEncoder(n_step, n_code, n_steps, n_physics=n_physics)
    if kind == "set":
        return SetInteractionEncoder(n_step, n_code, n_physics=n_physics)
    if kind == "window":
        return WindowInteractionEncoder(n_step, n_code, n_steps, n_hidden, n_physics)
    if kind == "gru":
        return RecurrentInteractionEncoder(n_step, n_code, n_steps, n_hidden, n_physics)
    if kind == "none":
        return None
    raise ValueError(f"interaction encoder must be paper, set, window, gru or none, got {kind!r}")

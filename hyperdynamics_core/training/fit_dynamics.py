"""Fits a method to a fixed set of episodes; whole held-out episodes say when to stop. Run again, it goes on exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from hyperdynamics_core.checkpoints import ModelInfo
from hyperdynamics_core.data.episodes import Episode
from hyperdynamics_core.data.windows import WindowData
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.training.dynamics import DynamicsTrainer, fit_statistics, held_out_loss
from hyperdynamics_core.training.dynamics_config import FitConfig
from hyperdynamics_core.training.resume import KIND, LAST, as_json, load_tensors, save_tensors
from hyperdynamics_core.training.run_log import RunLog

STATES = "states"


@dataclass(frozen=True)
class FitResult:
    """How a fit ended."""

    updates: int
    """Made in all."""
    best_update: int
    """After which the kept weights were reached."""
    held_out: float
    """Loss of the kept weights on the held-out episodes."""
    training: float
    """Loss of the kept weights on the training episodes."""


def fit(
    method: LearnedMethod,
    training: Sequence[Episode],
    held_out: Sequence[Episode],
    config: FitConfig,
    generator: torch.Generator,
    out: Path | None = None,
    fingerprint: str = "",
    hidden_names: Sequence[str] = (),
    trained: bool = False,
) -> FitResult:
    """Fit the method, which holds the best weights afterwards.

    Args:
        method: untrained, its statistics are fitted too; or trained, see there.
        training: episodes to learn from.
        held_out: other episodes.
        config: when to stop, how to learn.
        generator: draws the batches.
        out: folder for log.jsonl, tensorboard/ and states/; None: nothing is written.
        fingerprint: of the data, so that a state of other data is not resumed.
        hidden_names: of the episodes' hidden values, see ``WindowData``.
        trained: go on with the method's weights, which are kept where nothing better is found, and its statistics.

    Raises:
        ValueError: no episodes on one of the sides.
        CheckpointError: the folder holds a state of another configuration or data.
        FloatingPointError: the loss is not finite any more.
    """
    run = _Fit(method, training, held_out, config, generator, out, fingerprint, hidden_names, trained)
    run.resume()
    if out is None:
        while not run.ended:
            run.advance()
        return run.finish()
    with RunLog(out, run.trainer.updates) as log:
        while not run.ended:
            values = run.advance()
            log.write(run.trainer.updates, values)
    return run.finish()


class _Fit:
    def __init__(
        self,
        method: LearnedMethod,
        training: Sequence[Episode],
        held_out: Sequence[Episode],
        config: FitConfig,
        generator: torch.Generator,
        out: Path | None,
        fingerprint: str,
        hidden_names: Sequence[str] = (),
        trained: bool = False,
    ) -> None:
        self.method, self.config, self.out = method, config, out
        self.trainer = DynamicsTrainer(method, config.dynamics, generator)
        self.training = WindowData(method.system, training, hidden_names)
        self.held_out = WindowData(method.system, held_out, hidden_names)
        if not trained:
            fit_statistics(method, self.training, config.dynamics)
        self.best, self.best_update = self._weights(), 0
        self.best_loss = held_out_loss(method, self.held_out, config.dynamics) if trained else math.inf
        self.info = ModelInfo(KIND, method.name, method.system.name, {}, as_json(config), data_fingerprint=fingerprint)

    @property
    def ended(self) -> bool:
        stale = (self.trainer.updates - self.best_update) // self.config.validate_every
        return self.trainer.updates >= self.config.updates or stale >= self.config.patience

    def advance(self) -> dict[str, float]:
        """Updates up to the next look at the held-out episodes. Returns what to log."""
        done, total = self.trainer.updates, self.config.updates
        count = min(self.config.validate_every, total - done)
        rate = 0.5 * (1.0 + math.cos(math.pi * (done + count / 2) / total)) if self.config.cosine else 1.0
        losses = self.trainer.update_on(self.training, count, rate)
        loss = held_out_loss(self.method, self.held_out, self.config.dynamics)
        if loss < self.best_loss:
            self.best, self.best_loss, self.best_update = self._weights(), loss, self.trainer.updates
        if self.out is not None:
            self._save(self.out)
        return {f"loss/{name}": value for name, value in losses.items()} | {"held_out/prediction": loss}

    def finish(self) -> FitResult:
        self.method.load_state_dict(self.best)
        self.method.eval()
        training = held_out_loss(self.method, self.training, self.config.dynamics)
        return FitResult(self.trainer.updates, self.best_update, self.best_loss, training)

    def _weights(self) -> dict[str, Tensor]:
        return {name: value.clone() for name, value in self.method.state_dict().items()}

    def _save(self, out: Path) -> None:
        tensors = self.trainer.state() | {f"best/{name}": value for name, value in self.best.items()}
        tensors |= {"best_update": torch.tensor(self.best_update)}
        tensors |= {"best_loss": torch.tensor(self.best_loss, dtype=torch.float64)}
        save_tensors(out / STATES, self.trainer.updates, tensors, self.info)

    def resume(self) -> None:
        if self.out is None or not (self.out / STATES / LAST).exists():
            return
        tensors = load_tensors(self.out / STATES, self.info, defaults=as_json(FitConfig()))
        self.trainer.load_state(tensors)
        self.best = {name.removeprefix("best/"): value for name, value in tensors.items() if name.startswith("best/")}
        self.best_loss, self.best_update = float(tensors["best_loss"]), int(tensors["best_update"])

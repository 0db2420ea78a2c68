"""Trains a method on pushes: ``train(config)`` returns the run's folder; run again, it goes on where it stopped.

A run that was killed ends in the same weights and the same log as one that was not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch import Tensor, nn

from hyperdynamics_core.checkpoints import ModelInfo
from hyperdynamics_core.data.push_batches import PushBatches
from hyperdynamics_core.data.trajectories import require_physics
from hyperdynamics_core.methods.storage import save_method
from hyperdynamics_core.training.joint import paper_schedule
from hyperdynamics_core.training.push_config import OptimiserConfig, PushTrainConfig
from hyperdynamics_core.training.push_loss import DetectionLoss, PushLoss
from hyperdynamics_core.training.push_setup import (
    check_device,
    check_known,
    load_samples,
    make_detection,
    make_networks,
    make_sampler,
    map_settings,
    open_pools,
    shape_source,
)
from hyperdynamics_core.training.push_start import card_of, load_start, with_sizes
from hyperdynamics_core.training.push_validation import Validation
from hyperdynamics_core.training.resume import KIND, LAST, as_json, load_state, save_state
from hyperdynamics_core.training.run_log import RunLog
from hyperdynamics_core.training.shape_sources import CropSampler
from hyperdynamics_core.whole_files import write_json

MODEL_FOLDER, PERCEPTION_FOLDER, STATES_FOLDER = "model", "perception", "states"


def train(config: PushTrainConfig, detection: DetectionLoss | None = None, quiet: bool = False) -> Path:
    """Train to the end, resuming if the folder holds a state. Returns config.out; the model is in its ``model/`` and,
    if L_det or L_vp took part, perception in its ``perception/``.

    detection replaces the detector's loss on config.scenes.

    Raises:
        ValueError: parts of the configuration that do not fit.
        CheckpointError: a state or perception checkpoint that cannot be used.
        FloatingPointError: the loss is not finite any more.
    """
    torch.set_num_threads(1)
    config = paper_schedule(config) if config.schedule == "paper" else config
    trainer = PushTrainer(config, detection, quiet)
    trainer.resume()
    with RunLog(config.out, trainer.step) as log, _bar(quiet) as bar:
        task = bar.add_task(config.method, total=config.steps, completed=trainer.step, note="")
        while trainer.step < config.steps:
            values = trainer.advance()
            if values:
                log.write(trainer.step, values)
            bar.update(task, completed=trainer.step, note=trainer.note)
    return config.out


class PushTrainer:
    """One run: everything that changes while it trains, and how."""

    def __init__(self, config: PushTrainConfig, detection: DetectionLoss | None = None, quiet: bool = True) -> None:
        check_device(config.device)
        self.step, self.note = 0, ""
        self.start = load_start(config)
        self.config = config = with_sizes(config, self.start)
        samples, pools = load_samples(config.data), open_pools(config)
        check_known(config, samples, pools)
        networks = make_networks(config, samples, pools, self.start)
        self.method, self.perception, self.maps = networks.method, networks.perception, map_settings(pools)
        self.batches = PushBatches(samples, config.batch)
        sampler = make_sampler(config, pools, samples, self.method)
        source = shape_source(config, self.method, sampler, quiet)
        seen_alone = config.shape_crops if config.weights.view > 0 else None
        others = CropSampler.of_pool(seen_alone, config.device) if seen_alone is not None else None
        decoder = None
        if self.perception is not None and config.weights.view > 0:
            decoder = self.perception.networks.decoder.to(config.device)
        detection = detection or make_detection(config, self.perception)
        self.loss = PushLoss(config, self.method, sampler, source, decoder, others, detection)
        self.fingerprint, self.physics = samples.fingerprint, samples.physics_fingerprint
        self.validations = {folder.name: self._validation(folder, pools) for folder in config.validation}
        self.parts: dict[str, Any] = {"method": self.method}
        self.parts |= {"decoder": decoder} if decoder is not None else {}
        self.parts |= {"detection": detection} if detection is not None else {}
        self.optimiser = make_optimiser(config.optimiser, self.method, decoder, detection)
        self.generator = torch.Generator().manual_seed(config.seed)
        self.metrics = dict[str, float]()

    def _validation(self, folder: Path, pools: Any) -> Validation:
        samples = load_samples((folder,))
        require_physics(self.physics, samples.physics_fingerprint, f"validation data {folder}")
        return Validation(samples, make_sampler(self.config, pools, samples, self.method), self.config)

    def advance(self) -> dict[str, float]:
        """One step. Returns what to log, {} for most steps."""
        losses = self._update()
        self.step += 1
        values: dict[str, float] = {}
        if self.step % self.config.log_every == 0:
            values = {f"loss/{name}": float(loss.detach()) for name, loss in losses.items()}
            self.note = self._describe(values)
        last = self.step == self.config.steps
        if last or self.step % self.config.validate_every == 0:
            self.metrics = self.validate()
            values |= self.metrics
            self.note = self._describe(values)
        if last or self.step % self.config.save_every == 0:
            self.save()
        return values

    def _update(self) -> dict[str, Tensor]:
        rate = schedule(self.config.optimiser, self.step, self.config.steps)
        for group in self.optimiser.param_groups:
            group["lr"] = rate * group["base_lr"]
        batch = self.batches.draw(self.generator).to(self.config.device)
        losses = self.loss(self.step, batch, self.generator)
        total = torch.stack(list(losses.values())).sum()
        if not torch.isfinite(total):
            values = {name: float(loss.detach()) for name, loss in losses.items()}
            raise FloatingPointError(f"the loss is not finite at step {self.step}: {values}; lower the learning rate")
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(
            [p for g in self.optimiser.param_groups for p in g["params"]], self.config.optimiser.clip
        )
        self.optimiser.step()
        return losses

    def validate(self) -> dict[str, float]:
        """Held-out errors, cm, by data folder and kind (see ``Validation``)."""
        return {
            f"error_cm/{name}/{kind}": value
            for name, test in self.validations.items()
            for kind, value in test.error_cm(self.method).items()
        }

    def _describe(self, values: Mapping[str, float]) -> str:
        losses = sum(value for name, value in values.items() if name.startswith("loss/"))
        first = {name.split("/")[1]: value for name, value in self.metrics.items() if name.endswith("/t1")}
        errors = " ".join(f"{name} {value:.2f} cm" for name, value in first.items())
        return f"loss {losses:.3f} {errors}"

    def save(self) -> None:
        """State to resume from, and the model as it is now."""
        save_state(self._states, self.step, self.parts, self.optimiser, self.generator, self._info())
        save_method(
            self.config.out / MODEL_FOLDER,
            self.method,
            self.maps,
            card_of(self.config, self.start),
            config=self._document() | {"step": self.step},
            metrics=self.metrics,
            data_fingerprint=self.fingerprint,
            physics_fingerprint=self.physics,
        )
        if self.perception is not None and max(self.config.weights.view, self.config.weights.detection) > 0:
            self.perception.save(self.config.out / PERCEPTION_FOLDER, self._document(), self.metrics, self.fingerprint)

    def resume(self) -> None:
        """Go on from the last state, if there is one; write the configuration down if there is none.

        Raises:
            CheckpointError: the state is damaged or of another configuration or other data.
        """
        self.config.out.mkdir(parents=True, exist_ok=True)
        if (self._states / LAST).exists():
            since = as_json(PushTrainConfig(data=(), out=Path()))
            del since["start"]  # see _document
            self.step = load_state(self._states, self.parts, self.optimiser, self.generator, self._info(), since)
        else:
            write_json(self.config.out / "config.json", self._document())

    @property
    def _states(self) -> Path:
        return self.config.out / STATES_FOLDER

    def _info(self) -> ModelInfo:
        document, name = self._document(), self.method.name
        return ModelInfo(KIND, name, self.method.system.name, {}, document, data_fingerprint=self.fingerprint)

    def _document(self) -> dict[str, Any]:
        """The configuration as JSON; a run that goes on with a model is of the very weights it started from."""
        document = as_json(self.config)
        if self.start is None:
            del document["start"]  # runs of before there was such an entry go on, too
            return document
        return document | {"start_sha256": self.start.sha256}


def make_optimiser(
    config: OptimiserConfig, method: nn.Module, decoder: nn.Module | None, detection: DetectionLoss | None
) -> torch.optim.Optimizer:
    """AdamW with one rate for the shape networks and one for the rest."""
    shape: list[nn.Parameter] = []
    rest: list[nn.Parameter] = []
    for name, parameter in method.named_parameters():
        if parameter.requires_grad:
            (shape if name.startswith("shape_encoder.") else rest).append(parameter)
    shape += list(decoder.parameters()) if decoder is not None else []
    rest += list(detection.parameters()) if detection is not None else []
    groups = [{"params": rest, "base_lr": config.learning_rate}]
    if shape:
        groups.append({"params": shape, "base_lr": config.encoder_learning_rate})
    return torch.optim.AdamW(groups, lr=config.learning_rate, weight_decay=config.weight_decay, fused=True)


def schedule(config: OptimiserConfig, step: int, steps: int) -> float:
    """Share of the learning rate in step 0, 1, ..., steps - 1: a linear rise, then half a cosine to zero."""
    rise = min(1.0, (step + 1) / max(1, config.warm_up))
    return rise * (0.5 * (1.0 + math.cos(math.pi * step / steps)) if config.cosine else 1.0)


def _bar(quiet: bool) -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    return Progress(*columns, TextColumn("{task.fields[note]}"), disable=quiet)

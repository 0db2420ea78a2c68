"""One training loop for the parts of perception: logs, held-out metrics, and a resume that changes nothing.

Everything random in step n comes from (seed, n), and the state (weights, optimiser, step) is saved as a checkpoint
folder; a run that was killed therefore ends in the same weights as one that was not.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from rich.progress import Progress
from torch import Tensor, nn
from torch.utils.tensorboard import SummaryWriter

from hyperdynamics_core.checkpoints import ModelInfo, load_checkpoint, save_checkpoint


@dataclass(frozen=True)
class VisionPart:
    """A part of perception that is trained by itself."""

    name: str
    """Names its files in the run's folder."""
    module: nn.Module
    """What is trained."""
    losses: Callable[[int], Mapping[str, Tensor]]
    """Losses of step n by name; their sum is minimised."""
    evaluate: Callable[[], Mapping[str, float]]
    """Held-out metrics."""


@dataclass(frozen=True)
class FitConfig:
    """How long and how fast."""

    steps: int
    """Updates."""
    learning_rate: float = 1e-3
    """Highest; it falls to 0 along half a cosine after a short rise."""
    rise: int = 200
    """Steps of the rise."""
    weight_decay: float = 1e-4
    """Of AdamW."""
    clip: float = 5.0
    """Largest norm of the gradient."""
    log_every: int = 50
    """Steps between two lines of the log."""
    evaluate_every: int = 1000
    """Steps between two evaluations; state is saved as often."""


def fit(part: VisionPart, config: FitConfig, folder: Path) -> dict[str, float]:
    """Train a part, from its saved state in `folder` if there is one. Returns the last held-out metrics."""
    optimiser = torch.optim.AdamW(
        part.module.parameters(), config.learning_rate, weight_decay=config.weight_decay, fused=True
    )
    state = folder / f"{part.name}-state"
    step = _restore(part, optimiser, state) if state.exists() else 0
    metrics: dict[str, float] = {}
    with SummaryWriter(str(folder / "tensorboard" / part.name)) as board, Progress() as progress:
        log = _Log(folder / f"{part.name}.jsonl", board)
        task = progress.add_task(part.name, total=config.steps, completed=step)
        while step < config.steps:
            losses = _update(part, optimiser, config, step)
            step += 1
            progress.update(task, completed=step)
            if step % config.log_every == 0:
                log.write(step, {name: float(loss.detach()) for name, loss in losses.items()})
            if step % config.evaluate_every == 0 or step == config.steps:
                metrics = _evaluate(part)
                log.write(step, {f"held-out/{name}": value for name, value in metrics.items()})
                _save(part, optimiser, step, state)
    return metrics or _evaluate(part)


def learning_rate(config: FitConfig, step: int) -> float:
    """Rises linearly, then falls along half a cosine to 0 at the last step."""
    share = max(0.0, (step - config.rise) / max(1, config.steps - config.rise))
    return config.learning_rate * min(1.0, (step + 1) / config.rise) * 0.5 * (1.0 + math.cos(math.pi * share))


def _update(part: VisionPart, optimiser: torch.optim.Optimizer, config: FitConfig, step: int) -> Mapping[str, Tensor]:
    for group in optimiser.param_groups:
        group["lr"] = learning_rate(config, step)
    part.module.train()
    losses = part.losses(step)
    total = torch.stack(list(losses.values())).sum()
    if not torch.isfinite(total):
        values = {name: float(loss.detach()) for name, loss in losses.items()}
        raise FloatingPointError(f"{part.name}: loss is not finite at step {step}: {values}; lower the learning rate")
    optimiser.zero_grad(set_to_none=True)
    total.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(part.module.parameters(), config.clip)
    optimiser.step()
    return losses


def _evaluate(part: VisionPart) -> dict[str, float]:
    part.module.eval()
    with torch.no_grad():
        return dict(part.evaluate())


class _Log:
    """One line of JSON an entry, and the same for TensorBoard."""

    def __init__(self, path: Path, board: SummaryWriter) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path, self._board = path, board

    def write(self, step: int, values: Mapping[str, float]) -> None:
        with self._path.open("a") as file:
            file.write(json.dumps({"step": step, "time": round(time.time(), 1), **values}) + "\n")
        for name, value in values.items():
            self._board.add_scalar(name, value, step)


def _save(part: VisionPart, optimiser: torch.optim.Optimizer, step: int, folder: Path) -> None:
    tensors = {f"module/{name}": value for name, value in part.module.state_dict().items()}
    for (name, _), state in zip(part.module.named_parameters(), optimiser.state_dict()["state"].values(), strict=True):
        tensors |= {f"optimiser/{name}/{key}": value for key, value in state.items()}
    tensors["step"] = torch.tensor(step)
    save_checkpoint(folder, tensors, ModelInfo("training-state", part.name, "push", {}))


def _restore(part: VisionPart, optimiser: torch.optim.Optimizer, folder: Path) -> int:
    tensors = load_checkpoint(folder, "training-state").tensors
    weights = {name.removeprefix("module/"): value for name, value in tensors.items() if name.startswith("module/")}
    part.module.load_state_dict(weights)
    state = optimiser.state_dict()
    keys = ("step", "exp_avg", "exp_avg_sq")
    names = [name for name, _ in part.module.named_parameters()]
    state["state"] = {
        index: {key: tensors[f"optimiser/{name}/{key}"] for key in keys} for index, name in enumerate(names)
    }
    optimiser.load_state_dict(state)
    return int(tensors["step"])

"""How much of a number can be read from a window: small regressions, judged on held-out episodes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

Array = NDArray[np.float64]
Rows = NDArray[np.bool_]


@dataclass(frozen=True)
class RegressionConfig:
    """A small network, several times with other episodes held out."""

    folds: int = 4
    """Parts that the episodes are divided into; each is held out once."""
    width: int = 128
    """Units of each of two hidden layers."""
    epochs: int = 25
    """Passes; the best by a third part of the episodes counts."""
    batch: int = 256
    """Windows."""
    rate: float = 1e-3
    """Learning rate."""
    decay: float = 1e-2
    """Weight decay."""
    dropout: float = 0.1
    """Of inputs and hidden units."""

    def __post_init__(self) -> None:
        if self.folds < 3:
            raise ValueError(f"folds must be at least 3 (to learn from, to stop by, to judge), got {self.folds}")


def held_out_predictions(
    inputs: Array, targets: Array, groups: NDArray[np.int64], config: RegressionConfig, seed: int = 0
) -> Array:
    """Predictions [N, n] of every row by a network that saw nothing of its group.

    Args:
        inputs: [N, d].
        targets: [N, n].
        groups: [N] which episode each row is of.
        config: network and training.
        seed: of folds, first weights and batches.
    """
    names = np.random.default_rng(seed).permutation(np.unique(groups))
    if len(names) < config.folds + 1:
        raise ValueError(f"{len(names)} episodes are too few for {config.folds} folds; collect more")
    parts = np.array_split(names, config.folds)
    predictions = np.zeros_like(targets)
    for index, part in enumerate(parts):
        test = np.isin(groups, part)
        check = np.isin(groups, parts[(index + 1) % config.folds])
        predictions[test] = _fit_predict(inputs, targets, ~test & ~check, check, test, config, seed + index)
    return predictions


def r_squared(truth: Array, predictions: Array) -> float:
    """Share of the variance of truth [N, n] that the predictions explain, all columns together."""
    return float(1.0 - ((truth - predictions) ** 2).sum() / ((truth - truth.mean(0)) ** 2).sum())


def _fit_predict(
    inputs: Array, targets: Array, train: Rows, check: Rows, test: Rows, config: RegressionConfig, seed: int
) -> Array:
    mean, deviation = inputs[train].mean(0), inputs[train].std(0) + 1e-6
    level, spread = targets[train].mean(0), targets[train].std(0) + 1e-6
    x = torch.tensor((inputs - mean) / deviation, dtype=torch.float32).clamp(-5.0, 5.0)
    y = torch.tensor((targets - level) / spread, dtype=torch.float32)
    network = _network(x.shape[1], y.shape[1], config, seed)
    best = _train(network, x, y, torch.tensor(train), torch.tensor(check), config, seed)
    network.load_state_dict(best)
    with torch.inference_mode():
        scaled: Array = network.eval()(x[torch.tensor(test)]).double().numpy()
    return scaled * spread + level


def _network(n_in: int, n_out: int, config: RegressionConfig, seed: int) -> nn.Sequential:
    torch.manual_seed(seed)
    layers: list[nn.Module] = [nn.Dropout(config.dropout)]
    for size in (n_in, config.width):
        layers += [nn.Linear(size, config.width), nn.ReLU(), nn.Dropout(config.dropout)]
    return nn.Sequential(*layers, nn.Linear(config.width, n_out))


def _train(
    network: nn.Sequential, x: torch.Tensor, y: torch.Tensor, train: torch.Tensor, check: torch.Tensor,
    config: RegressionConfig, seed: int,
) -> dict[str, torch.Tensor]:  # fmt: skip
    """The weights that did best on the rows of `check`."""
    generator = torch.Generator().manual_seed(seed)
    optimiser = torch.optim.AdamW(network.parameters(), config.rate, weight_decay=config.decay)
    rows = train.nonzero()[:, 0]
    best, least = {name: value.clone() for name, value in network.state_dict().items()}, float("inf")
    for _ in range(config.epochs):
        network.train()
        for batch in rows[torch.randperm(len(rows), generator=generator)].split(config.batch):
            loss = nn.functional.mse_loss(network(x[batch]), y[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        with torch.inference_mode():
            error = float(nn.functional.mse_loss(network.eval()(x[check]), y[check]))
        if error < least:
            best, least = {name: value.clone() for name, value in network.state_dict().items()}, error
    return best

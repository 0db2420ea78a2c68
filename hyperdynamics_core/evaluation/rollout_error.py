"""Prediction errors on held-out episodes (Table 6): after 1, 5 and 20 steps with one expert, as a planner uses it.

From the window before many moments of every episode a method makes an expert, and unrolls it with the actions that were
really taken. Errors are squared and averaged over the state's numbers, in two forms:

* normalised: each number by its deviation over that many steps in the *training* episodes, so that predicting the mean
  change gives about 1 and methods can be compared over horizons;
* raw: in the state's own units, as the paper has it.

A method adapts only if it beats a blind one of its size, and if it gets worse with the window of another episode
(``swap``) or none (``none``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hyperdynamics_core.data.episodes import Episode
from hyperdynamics_core.data.windows import WindowData
from hyperdynamics_core.evaluation.intervals import mean_interval
from hyperdynamics_core.methods.learned import LearnedMethod

EVIDENCE = ("own", "swap", "none")
"""Whose window the code is made of: its own, another episode's, or none (z_int = 0)."""
CHUNK = 512


@dataclass(frozen=True)
class RolloutErrorConfig:
    """Where and how far to predict."""

    horizons: tuple[int, ...] = (1, 5, 20)
    """Steps after which errors are taken."""
    stride: int = 7
    """Steps between the moments from which an episode is predicted; the first is after a whole window."""
    seed: int = 0
    """Of the draw of other episodes for swap, and of the intervals."""

    def __post_init__(self) -> None:
        if not self.horizons or min(self.horizons) < 1 or self.stride < 1:
            raise ValueError(f"horizons and stride must be at least 1, got {self.horizons} and {self.stride}")


@dataclass(frozen=True)
class Scales:
    """Deviations of the change over each horizon in the training episodes."""

    values: Mapping[int, Tensor]
    """[n_d] by horizon."""

    @staticmethod
    def of(data: WindowData, horizons: Sequence[int], floor: float = 1e-4) -> Scales:
        """From training episodes; numbers that hardly change get a floor, their units."""
        values = {}
        for horizon in horizons:
            rows = data.steps[data.end[data.steps] - data.steps >= horizon]
            if len(rows) < 2:
                raise ValueError(f"no training episode is {horizon} steps long; give longer ones or shorter horizons")
            change = data.system.difference(data.states[rows], data.states[rows + horizon])
            values[horizon] = change.double().std(0, correction=0).clamp_min(floor).float()
        return Scales(values)


@dataclass(frozen=True)
class RolloutErrors:
    """Errors of one model, one row a moment."""

    normalised: NDArray[np.float64] = field(repr=False)
    """[n, H] mean over the state's numbers."""
    raw: NDArray[np.float64] = field(repr=False)
    """[n, H] likewise."""
    episode: NDArray[np.int64] = field(repr=False)
    """[n] which episode each row is of."""


def rollout_errors(
    method: LearnedMethod,
    episodes: Sequence[Episode],
    scales: Scales,
    config: RolloutErrorConfig,
    evidence: str = "own",
) -> RolloutErrors:
    """Errors of a trained method on held-out episodes.

    A method that is told the truth gets that of the own or of the other episode (none: the code 0).

    Raises:
        ValueError: no episode long enough, an unknown kind of evidence, or nobody to swap with.
    """
    if evidence not in EVIDENCE:
        raise ValueError(f"evidence must be one of {EVIDENCE}, got {evidence!r}")
    data = WindowData(method.system, episodes)
    rows = _moments(data, method.config.n_interactions, config)
    donors = _donors(data, rows, config.seed) if evidence == "swap" else rows
    parts = [
        _chunk(method, data, rows[start : start + CHUNK], donors[start : start + CHUNK], scales, config, evidence)
        for start in range(0, len(rows), CHUNK)
    ]
    normalised, raw = (torch.cat(each).double().numpy() for each in zip(*parts, strict=True))
    return RolloutErrors(normalised, raw, torch.searchsorted(data.first, rows, right=True).sub(1).numpy())


def _moments(data: WindowData, window: int, config: RolloutErrorConfig) -> Tensor:
    """Rows from which to predict: after a whole window, with room for the longest horizon."""
    rows = []
    for first, length in zip(data.first.tolist(), data.lengths.tolist(), strict=True):
        rows.append(torch.arange(first + window, first + length - max(config.horizons) + 1, config.stride))
    found = torch.cat(rows)
    if len(found) == 0:
        raise ValueError(
            f"no episode has {window + max(config.horizons)} steps, a window and the longest horizon; give longer ones"
        )
    return found


def _donors(data: WindowData, rows: Tensor, seed: int) -> Tensor:
    """For every row one of the same time, or the nearest there is, in another episode with other hidden values."""
    generator = torch.Generator().manual_seed(seed)
    own = torch.searchsorted(data.first, rows, right=True) - 1
    hidden = data.hidden[data.first]
    differs = (hidden.unsqueeze(0) != hidden.unsqueeze(1)).any(-1)
    if hidden.shape[1] == 0:
        differs = ~torch.eye(len(hidden), dtype=torch.bool)
    if not differs.any(1).all():
        raise ValueError("swap needs episodes of different hidden values")
    other = torch.multinomial(differs[own].float(), 1, generator=generator).squeeze(1)
    time = torch.minimum(rows - data.first[own], data.lengths[other])
    return data.first[other] + time


@torch.no_grad()
def _chunk(
    method: LearnedMethod,
    data: WindowData,
    rows: Tensor,
    donors: Tensor,
    scales: Scales,
    config: RolloutErrorConfig,
    evidence: str,
) -> tuple[Tensor, Tensor]:
    """Normalised and raw errors [B, H]."""
    z_int = _codes(method, data, donors, evidence)
    experts = method.expert_function(z_int, z_int.new_zeros(len(z_int), 0))
    state, normalised, raw = data.states[rows], [], []
    for step in range(max(config.horizons)):
        features = method.system.features(state, data.actions[rows + step])
        outputs = experts(method.normaliser.inputs(features).unsqueeze(1)).squeeze(1)
        state = method.system.compose(state, method.normaliser.physical(outputs))
        if step + 1 in config.horizons:
            error = method.system.difference(data.states[rows + step + 1], state)
            normalised.append((error / scales.values[step + 1]).square().mean(-1))
            raw.append(error.square().mean(-1))
    return torch.stack(normalised, -1), torch.stack(raw, -1)


def _codes(method: LearnedMethod, data: WindowData, donors: Tensor, evidence: str) -> Tensor:
    if evidence == "none":
        return torch.zeros(len(donors), method.n_int)
    if method.truth_code is not None:
        code: Tensor = method.truth_code(data.hidden[torch.minimum(donors, data.end[donors] - 1)])
        return code
    window, known = data.window_rows(donors, method.config.n_interactions)
    mask = known.unsqueeze(1).expand(window.shape)
    return method.interaction_code(data.features[window], data.deltas[window], mask)


def summarise(models: Sequence[RolloutErrors], config: RolloutErrorConfig) -> dict[str, dict[str, Any]]:
    """Figures by horizon over the models (seeds) of one method, on the same episodes: for both forms the mean with its
    95 % interval over episodes and seeds, the median over all moments, and the means ``by_episode`` [models][episodes],
    by which methods are compared on the same episodes (``intervals.ratio_interval``).

    Raises:
        ValueError: no model, or models on different episodes.
    """
    if not models or any(not np.array_equal(each.episode, models[0].episode) for each in models):
        raise ValueError("errors to summarise must be of one or more models on the same episodes")
    rng, document = np.random.default_rng(config.seed), {}
    names, counts = np.unique(models[0].episode, return_counts=True)
    for index, horizon in enumerate(config.horizons):
        figures: dict[str, Any] = {}
        for form in ("normalised", "raw"):
            table = np.stack([getattr(each, form)[:, index] for each in models])
            sums = np.stack([[row[models[0].episode == name].sum() for name in names] for row in table])
            means = sums / counts
            figures[form] = {
                "mean": float(means.mean()),
                "ci95": mean_interval(means, rng),
                "median": float(np.median(table)),
                "by_episode": means.tolist(),
            }
        document[f"t{horizon}"] = figures
    return document

"""How well a model chooses among action sequences: what random shooting asks of it, measured without walking.

A return says how good a model is in the end, with much chance in it; this says it of each choice: of the same sequences
from the same state, which has the highest predicted return, and what is its true one?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import spearmanr

from hyperdynamics_core.evaluation.intervals import mean_interval, ratio_interval


@dataclass(frozen=True)
class PlanChoice:
    """One choice among the sequences from one state; returns in reward."""

    rank_correlation: float
    """Spearman's, of predicted and true returns; 0 where either are all alike."""
    gained: float
    """True return of the chosen sequence less the mean of all."""
    best: float
    """True return of the best sequence less the mean of all."""
    overrated: float
    """Predicted less true return of the chosen sequence."""
    bias: float
    """Mean predicted less mean true return."""


def choose(predicted: ArrayLike, true: ArrayLike) -> PlanChoice:
    """What the predicted returns [K] choose; sequences whose true return is not finite (diverged) are left out.

    Raises:
        ValueError: other shapes, no two sequences with finite true returns, or predicted ones that are not numbers.
    """
    told, real = np.asarray(predicted, np.float64), np.asarray(true, np.float64)
    if told.shape != real.shape or real.ndim != 1:
        raise ValueError(f"predicted and true returns must be of the same sequences, got {told.shape}, {real.shape}")
    told, real = told[np.isfinite(real)], real[np.isfinite(real)]
    if len(real) < 2 or np.isnan(told).any():
        raise ValueError(f"a choice needs two sequences or more with returns that are numbers, got {len(real)}")
    index = int(told.argmax())
    varied = np.ptp(real) > 0 and len(set(told.tolist())) > 1
    rank = float(spearmanr(told, real).statistic) if varied else 0.0
    finite = np.isfinite(told)
    return PlanChoice(
        rank, float(real[index] - real.mean()), float(real.max() - real.mean()), float(told[index] - real[index]),
        float((told[finite] - real[finite]).mean()) if finite.any() else float("nan"),
    )  # fmt: skip


def summarise_choices(episodes: Sequence[Sequence[PlanChoice]], seed: int = 0) -> dict[str, Any]:
    """Figures over all choices of the episodes, with 95 % intervals over episodes.

    ``share``: of what the best sequences have over the average ones, how much the chosen ones have. 1: a perfect model,
    0: a choice by lot.

    Raises:
        ValueError: an episode without a choice, or in which all sequences are alike.
    """
    if not episodes or not all(episodes):
        raise ValueError("figures need episodes with one choice or more each; take longer episodes or look more often")

    def means(name: str) -> NDArray[np.float64]:
        return np.array([np.mean([getattr(choice, name) for choice in choices]) for choices in episodes])

    rng = np.random.default_rng(seed)
    gained, best = means("gained"), means("best")
    figures: dict[str, Any] = {
        "share": float(gained.mean() / best.mean()), "share_ci95": list(ratio_interval(gained, best, rng)),
    }  # fmt: skip
    for name in ("rank_correlation", "overrated", "bias"):
        values = means(name)
        figures |= {name: float(values.mean()), f"{name}_ci95": list(mean_interval(values, rng))}
    return figures | {"choices": sum(len(choices) for choices in episodes), "trials": len(episodes)}

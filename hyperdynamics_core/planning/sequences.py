"""Planners over action sequences: one interface for all methods, worlds and nodes.

A planner knows an expert, a system and its reward, nothing else. It is asked at every step, takes the first action of
the best sequence and plans again (model predictive control, section 3.3).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import torch
from torch import Tensor

from hyperdynamics_core.methods.experts import ExpertBank
from hyperdynamics_core.systems.legged import LeggedSystem


@dataclass(frozen=True)
class ActionPlan:
    """What a planner means to do and what it expects of it."""

    actions: Tensor
    """[H, n_a], -1 to 1; zeros where no candidate has a finite prediction."""
    states: Tensor
    """[H + 1, n_s] predicted; the first is the state it was asked in."""
    total_reward: float
    """Predicted sum over the horizon, less the price of a tilted end; minus infinity where no candidate has a finite
    prediction."""
    candidates: int
    """Sequences that were unrolled."""
    non_finite: int = 0
    """How many of them were thrown away because their prediction was not finite."""

    @property
    def usable(self) -> bool:
        """Whether any candidate had a finite prediction."""
        return self.non_finite < self.candidates


class SequencePlanner(Protocol):
    """A planner; it may remember its last plan between calls."""

    candidates: int
    """Sequences unrolled in one plan, all iterations together; may be changed between plans."""

    def plan(self, state: Tensor, experts: ExpertBank) -> ActionPlan:
        """Plan from state [n_s] with one expert.

        Raises:
            ValueError: experts of another system, or a state of another size.
        """
        ...

    def reset(self) -> None:
        """Forget the last plan: a new episode begins."""
        ...


@dataclass(frozen=True)
class SequencePlannerConfig:
    """Settings of all planners; each takes what concerns it. The paper's random shooting: hold 1, keep False, limit 1,
    upright 0."""

    candidates: int = 500
    """Sequences unrolled in one plan, all iterations together."""
    horizon: int = 20
    """Steps of a sequence."""
    limit: float = 0.0
    """Greatest action, parts of the greatest torque; 0: the robot's ``LeggedSystem.calm``."""
    upright: float = -1.0
    """Price of a sequence that ends tilted, in reward, times ``LeggedSystem.lean``: a horizon of a fraction of a second
    does not see what a fall costs. 0: none, as in the paper; below 0: what the model was trained with, else the robot's
    ``LeggedSystem.poise``."""
    hold: int = 4
    """Random shooting: steps that each drawn action is kept for."""
    keep: bool = False
    """Random shooting: the last plan, a step later, is one of the sequences, so that a good one is seen through."""
    shortlist: float = 0.1
    """Ensembles: share of the sequences, those that the first member thinks best, that the others are asked about."""
    iterations: int = 3
    """CEM and MPPI: rounds of drawing and refitting."""
    deviation: float = 0.6
    """CEM and MPPI: standard deviation of the noise at the start of a plan, in parts of the limit."""
    exponent: float = 2.0
    """CEM and MPPI: colour of the noise (power falls as frequency^-exponent)."""
    elites: float = 0.1
    """CEM: share of an iteration's sequences that the next one is fitted to."""
    kept: float = 0.3
    """CEM: share of the elites that stays in the running in the next iteration and the next plan."""
    momentum: float = 0.1
    """CEM: share of the old mean and deviation in the new ones."""
    temperature: float = 0.1
    """MPPI: of the weights, in standard deviations of the returns."""

    def __post_init__(self) -> None:
        for name, least in (("candidates", 2), ("horizon", 1), ("hold", 1), ("iterations", 1)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} must be at least {least}, got {getattr(self, name)}")
        for name in ("deviation", "temperature"):
            if not getattr(self, name) > 0.0:
                raise ValueError(f"{name} must be positive, got {getattr(self, name)}")
        if not 0.0 < self.shortlist <= 1.0:
            raise ValueError(f"shortlist must lie in (0, 1], got {self.shortlist}")
        if not 0.0 <= self.limit <= 1.0:
            raise ValueError(f"limit must lie in [0, 1], got {self.limit}")
        for name in ("elites", "kept", "momentum"):
            if not 0.0 <= getattr(self, name) < 1.0:
                raise ValueError(f"{name} must lie in [0, 1), got {getattr(self, name)}")
        if not math.isfinite(self.upright):
            raise ValueError(f"upright must be finite, got {self.upright}")
        if self.exponent < 0.0:
            raise ValueError(f"exponent must not be negative, got {self.exponent}")

    def for_model(self, trained: Mapping[str, Any]) -> SequencePlannerConfig:
        """With the price of tilting that a model was trained with where none is given; a model that never learned what
        a fall looks like walks best the way its data were collected.

        trained: the model's ``ModelInfo.config``.
        """
        price = trained.get("planning", {}).get("upright", -1.0)
        return replace(self, upright=float(price)) if self.upright < 0.0 <= price else self

    def for_robot(self, system: LeggedSystem) -> SequencePlannerConfig:
        """With the robot's own limit and price of tilting where none is given."""
        upright = system.poise if self.upright < 0.0 else self.upright
        return replace(self, limit=self.limit or system.calm, upright=upright)


PLANNERS = ("random_shooting", "cem", "mppi")
AUTO = "auto"
"""Stands for the planner that walks best with the robot, ``LeggedSystem.planner``."""


def make_planner(
    name: str, system: LeggedSystem, generator: torch.Generator, config: SequencePlannerConfig | None = None
) -> SequencePlanner:
    """A planner by name: random_shooting (the paper's), cem or mppi.

    Args:
        name: one of ``PLANNERS``, or ``AUTO``.
        system: whose actions and reward.
        generator: source of all its randomness: same seed, same plans.
        config: None: the defaults.

    Raises:
        ValueError: an unknown name.
    """
    from hyperdynamics_core.planning.cross_entropy import CrossEntropy
    from hyperdynamics_core.planning.path_integral import PathIntegral
    from hyperdynamics_core.planning.sequence_shooting import SequenceShooting

    makers: dict[str, Callable[[LeggedSystem, torch.Generator, SequencePlannerConfig], SequencePlanner]]
    makers = {"random_shooting": SequenceShooting, "cem": CrossEntropy, "mppi": PathIntegral}
    name = system.planner if name == AUTO else name
    if name not in makers:
        raise ValueError(f"unknown planner {name!r}; known are {', '.join(PLANNERS)}")
    return makers[name](system, generator, (config or SequencePlannerConfig()).for_robot(system))


def best_of(states: Tensor, actions: Tensor, returns: Tensor, total: int | None = None) -> ActionPlan:
    """The plan with the greatest return among states [H + 1, K, n_s], actions [K, H, n_a] and returns [K].

    total: sequences unrolled altogether, K if all are here.
    """
    best = int(returns.argmax())
    lost = int(torch.isneginf(returns).sum())
    count = total or len(actions)
    if lost == len(returns):
        return ActionPlan(torch.zeros_like(actions[0]), states[:1, 0].repeat(len(states), 1), -torch.inf, count, count)
    return ActionPlan(actions[best].clone(), states[:, best].clone(), float(returns[best]), count, lost)


def shift(sequences: Tensor) -> Tensor:
    """Sequences [..., H, n_a] one step later: the first action is done, the last one is repeated."""
    return torch.cat((sequences[..., 1:, :], sequences[..., -1:, :]), dim=-2)

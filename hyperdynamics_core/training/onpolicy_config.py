"""Configuration of on-policy training (appendix B)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from hyperdynamics_core.data.windows import WindowConfig
from hyperdynamics_core.methods.config import MethodConfig, locomotion_sizes
from hyperdynamics_core.planning.sequences import PLANNERS, SequencePlannerConfig
from hyperdynamics_core.training.dynamics_config import DynamicsConfig


@dataclass(frozen=True)
class ExplorationConfig:
    """What makes some of the rollouts different from the planner's own: the data then hold more than it thinks best."""

    random_exponent: float = 0.0
    """Colour of the first iteration's random actions: power falls as frequency^-exponent; 0: uniform, anew at every
    step, as in the paper."""
    noisy: float = 0.0
    """Share of an iteration's rollouts with noise on the planned actions."""
    deviation: float = 0.3
    """Of that noise, parts of the greatest torque."""
    other: float = 0.0
    """Share of an iteration's rollouts with another planner."""
    other_planner: str = "cem"
    """Which one."""
    open_loop: float = 0.0
    """Share of the rollouts, drawn by lot, whose plans are carried out for several steps before the next one is made
    (``planning.open_loop``)."""
    open_loop_steps: tuple[int, ...] = (2, 5, 10, 20)
    """For how many; one of them, drawn for each such rollout."""
    again: float = 0.0
    """Share of the rollouts, drawn by lot, that walk an episode again which went worst lately
    (``training.hard_episodes``)."""

    def __post_init__(self) -> None:
        if min(self.noisy, self.other) < 0.0 or self.noisy + self.other >= 1.0:
            raise ValueError(f"shares must not be negative and leave some rollouts plain, got {self.noisy} noisy and "
                             f"{self.other} of another planner")  # fmt: skip
        if not 0.0 <= self.open_loop < 1.0 or min(self.open_loop_steps, default=0) < 1:
            raise ValueError(f"the share of rollouts in open loop must lie in [0, 1), their plans last 1 step or more, "
                             f"got {self.open_loop} and {self.open_loop_steps}")  # fmt: skip
        if not 0.0 <= self.again < 1.0:
            raise ValueError(f"the share of episodes walked again must lie in [0, 1), got {self.again}; new ones are "
                             "needed as well")  # fmt: skip
        if self.other_planner not in PLANNERS:
            raise ValueError(f"unknown planner {self.other_planner!r}; known are {', '.join(PLANNERS)}")

    def counts(self, rollouts: int) -> tuple[int, int]:
        """How many of an iteration's rollouts are noisy, and how many of the other planner."""
        return round(self.noisy * rollouts), round(self.other * rollouts)

    def draw_replan_every(self, generator: np.random.Generator) -> int:
        """Steps that a rollout's plans are carried out for; 1: a new plan at every step."""
        if generator.random() >= self.open_loop:
            return 1
        return int(generator.choice(self.open_loop_steps))


@dataclass(frozen=True)
class OnPolicyConfig:
    """One run: iterations of collecting with the newest model and learning from all that was collected."""

    method: str = "hyperdynamics"
    """Name in the registry of methods."""
    sizes: MethodConfig = field(default_factory=locomotion_sizes)
    """Of the method's networks."""
    dynamics: DynamicsConfig = field(default_factory=DynamicsConfig)
    """How weights change."""
    planner: str = "random_shooting"
    """Collects the data: random_shooting, cem or mppi."""
    planning: SequencePlannerConfig = field(default_factory=SequencePlannerConfig)
    """Its settings."""
    exploration: ExplorationConfig = field(default_factory=ExplorationConfig)
    """Rollouts that are different."""
    iterations: int = 25
    """Collections, the first with random actions."""
    rollouts: int = 5
    """Episodes an iteration."""
    steps: int = 500
    """Of an episode."""
    updates: int = 600
    """Of the weights, after each collection."""
    epochs: int = 0
    """If above 0: instead of updates, so many times as many targets as there are steps."""
    first_updates: int = 0
    """Of the weights after the first collection; 0: as many as after the others."""
    restart_at: tuple[int, ...] = ()
    """Iterations, the first one is 0, after which the method begins again from nothing: a network that has learned from
    few data for long predicts worse than a fresh one that learns from all there are."""
    restart_updates: int = 1000
    """Of the weights after such a beginning, times the number of the iteration, at a rate that falls to zero."""
    final_updates: int = 0
    """After the last iteration a fresh method is fitted to all that was collected, with so many updates at a rate that
    falls to zero; it is then the model. 0: the model that walked with the best rolling average is."""
    final_method: str = ""
    """What is fitted then; empty: the method that walked. An ensemble fitted to what one hypernetwork collected takes
    the time of its members once, not in every iteration."""
    final_width: int = 0
    """Units of each hidden layer of what is fitted then; 0: as those of what walked."""
    final_unroll: int = -1
    """Steps in a row that it is charged for, see ``WindowConfig.unroll``; -1: as what walked."""
    capacity: int = 1_000_000
    """Steps kept at most; then the oldest episodes leave. Batches are drawn at random from all that are kept."""
    cap: int = 50_000
    """Steps that an iteration's epochs count at most, however many there are."""
    rolling: int = 3
    """Iterations that the rolling average of the return is taken over; the model with the best one is kept."""
    patience: int = 0
    """Iterations with a rolling average below the best one after which training stops; 0: never."""
    seed: int = 0
    """Of weights, batches, episodes and plans."""

    def __post_init__(self) -> None:
        for name in ("iterations", "rollouts", "steps", "updates", "rolling", "cap", "restart_updates"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
        if self.iterations < 2:
            raise ValueError(
                f"iterations must be at least 2, got {self.iterations}: the first one walks without a model"
            )
        for name in ("epochs", "first_updates", "final_updates", "final_width", "patience", "seed"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative, got {getattr(self, name)}")
        if self.final_unroll < -1:
            raise ValueError(f"final_unroll must not be negative, got {self.final_unroll} (-1: as what walked)")
        if min(self.restart_at, default=1) < 1:
            raise ValueError(f"restart_at must hold numbers from 1 on, got {self.restart_at}")
        for name, unset in (("final_method", ""), ("final_width", 0), ("final_unroll", -1)):
            value = getattr(self, name)
            if value != unset and not self.final_updates:
                raise ValueError(f"{name} is {value!r}, but there is no last fit; set final_updates")
        if self.planner not in PLANNERS:
            raise ValueError(f"unknown planner {self.planner!r}; known are {', '.join(PLANNERS)}")
        noisy, other = self.exploration.counts(self.rollouts)
        if noisy + other >= self.rollouts:
            raise ValueError(f"of {self.rollouts} rollouts an iteration, {noisy} noisy and {other} of another planner "
                             "leave none plain; raise rollouts or lower a share")  # fmt: skip
        if self.capacity < self.steps:
            raise ValueError(f"capacity {self.capacity} holds no episode of {self.steps} steps; raise it")

    def final(self) -> OnPolicyConfig:
        """With the last fit's method, sizes and loss in the place of those of what walked."""
        windows = self.dynamics.windows
        windows = windows if self.final_unroll < 0 else replace(windows, unroll=self.final_unroll)
        layers = self.sizes.hidden_sizes
        layers = (self.final_width,) * len(layers) if self.final_width else layers
        return replace(
            self, method=self.final_method or self.method, sizes=replace(self.sizes, hidden_sizes=layers),
            dynamics=replace(self.dynamics, windows=windows),
        )  # fmt: skip

    def restarts_after(self, iteration: int) -> bool:
        """Whether the method begins again from nothing after a collection (0: the first)."""
        return iteration in self.restart_at

    def updates_after(self, iteration: int, steps: int) -> int:
        """Updates after a collection (0: the first) when there are so many steps of data."""
        if self.epochs > 0:
            targets = self.dynamics.windows.windows * self.dynamics.windows.targets
            return max(1, round(self.epochs * min(self.cap, steps) / targets))
        return self.first_updates if iteration == 0 and self.first_updates > 0 else self.updates


def reduced(**changes: Any) -> OnPolicyConfig:
    """The schedule that fits an hour on two cores and keeps the paper's meaning. changes are fields of the result.

    What measured better (docs/locomotion_training.md): CEM collects, two of five rollouts are random shooting's; 32
    windows of 16 targets (as many targets for half the time of 64 of 8), a robust loss, coloured random actions first,
    a rate that falls within each iteration, a fresh start whenever the data have doubled, and a last fit from nothing
    on all that was collected.
    """
    dynamics = DynamicsConfig(
        windows=WindowConfig(windows=32, targets=16), learning_rate=2e-3, decay=0.5, huber=0.3, weight_decay=0.1
    )
    small = OnPolicyConfig(
        dynamics=dynamics,
        planner="cem",
        planning=SequencePlannerConfig(candidates=300),
        exploration=ExplorationConfig(random_exponent=2.0, other=0.4, other_planner="random_shooting"),
        iterations=40,
        updates=1200,
        patience=30,
        restart_at=(10, 20, 40),
        final_updates=60_000,
    )
    return replace(small, **changes)


SQUARED = ("ant",)
"""Robots that learn better from the squared error: the robust one predicts what happens mostly, and not the mean, which
is what a sum of rewards is of. On slopes it overlooks the slipping back; the cheetah's heavy tails ask for it."""


def for_robot(config: OnPolicyConfig, robot: str) -> OnPolicyConfig:
    """With the loss that measured better for a robot."""
    return replace(config, dynamics=replace(config.dynamics, huber=0.0)) if robot in SQUARED else config


def full(**changes: Any) -> OnPolicyConfig:
    """The paper's schedule (appendix B): 150 x 10 x 500 steps, 100 epochs of batches of 128, rate 1e-3."""
    windows = WindowConfig(windows=128, targets=1, reach=1, mirrored=False)
    dynamics = DynamicsConfig(windows=windows, learning_rate=1e-3)
    paper = OnPolicyConfig(
        dynamics=dynamics, iterations=150, rollouts=10, epochs=100, rolling=10, patience=20, planner="random_shooting",
        planning=SequencePlannerConfig(hold=1, limit=1.0, upright=0.0),
    )  # fmt: skip
    return replace(paper, **changes)


SCHEDULES = {"reduced": reduced, "full": full}
"""By name."""

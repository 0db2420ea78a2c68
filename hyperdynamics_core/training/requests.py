"""Which episodes an iteration of on-policy training asks for, and how each is to be walked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hyperdynamics_core.planning.sequences import SequencePlannerConfig
from hyperdynamics_core.training.hard_episodes import draw_again
from hyperdynamics_core.training.onpolicy_config import OnPolicyConfig


@dataclass(frozen=True)
class RolloutRequest:
    """One episode to collect; the same request gives the same episode."""

    seed: int
    """Of the episode (unless it is one to walk again), the planner and the noise."""
    steps: int
    """Length."""
    model: Path | None
    """Checkpoint folder; None: uniformly random actions."""
    sha256: str
    """Of that checkpoint."""
    planner: str
    """Name in ``planning.sequences.PLANNERS``."""
    planning: SequencePlannerConfig
    """Its settings."""
    deviation: float
    """Of noise on the planned actions; 0: none."""
    random_exponent: float
    """Colour of random actions; 0: uniform, anew at every step."""
    replan_every: int = 1
    """Steps that a plan is carried out for."""
    again: str = ""
    """``Episode.spec`` of the episode to walk again; empty: a new one, drawn with the seed."""

    def is_plain(self, planner: str) -> bool:
        """Whether its return counts as the model's: planned by ``planner`` at every step, no noise, a new episode."""
        return self.planner == planner and self.deviation == 0.0 and self.replan_every == 1 and not self.again


def make_requests(
    config: OnPolicyConfig, iteration: int, model: Path | None, sha256: str, worst: Sequence[str]
) -> list[RolloutRequest]:
    """All of an iteration's; the first one is always plain.

    Args:
        config: of the run.
        iteration: which one, from 0; the same one is asked for the same episodes.
        model: checkpoint folder of the newest model; None: random actions.
        sha256: of that checkpoint.
        worst: specifications of the episodes that may be walked again (``hard_episodes.worst_specs``).
    """
    mix = config.exploration
    noisy, other = mix.counts(config.rollouts)
    requests = []
    for number in range(config.rollouts):
        seed = int(np.random.SeedSequence([config.seed, iteration, number]).generate_state(1)[0])
        every = 1 if number == 0 else mix.draw_replan_every(np.random.default_rng([seed, 1]))
        again = "" if number == 0 else draw_again(worst, mix.again, np.random.default_rng([seed, 2]))
        different = config.rollouts - 1 - number
        planner = mix.other_planner if noisy <= different < noisy + other else config.planner
        deviation = mix.deviation if different < noisy else 0.0
        requests.append(
            RolloutRequest(
                seed,
                config.steps,
                model,
                sha256,
                planner,
                config.planning,
                deviation,
                mix.random_exponent,
                every,
                again,
            )
        )
    return requests

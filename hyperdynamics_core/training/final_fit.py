"""The end of on-policy training: one long fit to everything that was collected.

While it collects, a method learns a little after each iteration, from data that still change. A fit from nothing at a
rate that falls to zero predicts much better (docs/locomotion_training.md), and does not hang on a lucky iteration.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.training.dynamics_config import FitConfig
from hyperdynamics_core.training.fit_dynamics import fit

if TYPE_CHECKING:
    from hyperdynamics_core.training.onpolicy import OnPolicyRun

FOLDER = "final"
"""In the run's folder; there by episodes, updates and whatever is fitted otherwise than it walked."""
HELD_OUT = 10
"""Every tenth episode is left out, to see how well the model knows what it did not learn."""


def fit_finally(run: OnPolicyRun, method: LearnedMethod, say: Callable[[str], None]) -> None:
    """Fit a fresh method to all that the run collected, one episode in ten held out, and make it the run's model.

    Stopped in the middle, it goes on from there; done already, it only makes it the run's model.
    """
    config = run.config.final()
    episodes = run.buffer.episodes
    training = [episode for index, episode in enumerate(episodes) if index % HELD_OUT]
    settings = FitConfig(
        dynamics=replace(config.dynamics, decay=0.0), updates=config.final_updates,
        validate_every=max(1, config.final_updates // 20), patience=config.final_updates,
    )  # fmt: skip
    say(f"fitting to {run.buffer.steps} steps of {len(training)} episodes, {config.final_updates} updates")
    generator = torch.Generator().manual_seed(config.seed)
    result = fit(
        method, training, episodes[::HELD_OUT], settings, generator, run.out / FOLDER / _folder_name(run),
        run.task.name, run.task.hidden_names,
    )  # fmt: skip
    metrics: dict[str, float] = {"iterations": run.iteration, "steps": run.buffer.steps, "updates": result.best_update}
    metrics |= {"held_out_loss": round(result.held_out, 5), "training_loss": round(result.training, 5)}
    run.save_model(run.model_folder.name, method, metrics)
    say(f"fitted: loss {result.training:.4f}, on held-out episodes {result.held_out:.4f}")


def _folder_name(run: OnPolicyRun) -> str:
    config = run.config
    name = f"{run.buffer.added}-episodes-{config.final_updates}-updates"
    name += f"-{config.final_method}" if config.final_method not in ("", config.method) else ""
    name += f"-width-{config.final_width}" if config.final_width else ""
    return name + (f"-unroll-{config.final_unroll}" if config.final_unroll >= 0 else "")

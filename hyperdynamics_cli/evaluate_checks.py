"""What is wrong with the options of ``hyperdynamics evaluate push``, said before any work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hyperdynamics_cli.errors import UserError

if TYPE_CHECKING:
    from hyperdynamics_cli.evaluate_push import Options


GOALS_ONLY = ("candidates", "planning_horizon", "max_pushes", "trials_file")
ERRORS_ONLY = ("data", "horizon", "no_interactions")
"""Options that mean nothing with, or without, --task."""


def check_options(options: Options) -> None:
    """Check what needs neither model nor data.

    Raises:
        UserError: naming the option, its value and the rule.
    """
    if not options.seed:
        raise UserError("--seed was given without a number; give one or more, such as --seed 0")
    if options.trials is not None and options.trials < 1:
        raise UserError(f"--trials {options.trials} must be 1 or more")
    if options.swap and options.no_interactions:
        raise UserError("--swap and --no-interactions exclude each other: another object's interactions, or none")
    if options.task is None and len(options.seed) > 1:
        raise UserError(f"--seed {' '.join(map(str, options.seed))}: errors take one; several are for goals (--task)")
    _check_meant(options)


def _check_meant(options: Options) -> None:
    """Nothing that was given may be left aside in silence."""
    names, why = (
        (GOALS_ONLY, "is for goals: give --task reach or --task obstacles too")
        if options.task is None
        else (ERRORS_ONLY, "is for errors, not for goals: leave --task out, or this option")
    )
    for name in names:
        if getattr(options, name) != getattr(type(options), name):
            raise UserError(f"--{name.replace('_', '-')} {why}")


def check_horizon(horizon: int, steps: int, data: str) -> None:
    """Raise UserError where there is no such step in the data."""
    if not 1 <= horizon <= steps:
        raise UserError(f"--horizon {horizon} must be 1 to {steps}, the steps of {data}")

"""What is wrong with the options of ``hyperdynamics evaluate push``, said before any work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hyperdynamics_cli.errors import UserError

if TYPE_CHECKING:
    from hyperdynamics_cli.evaluate_push import Options


def check_options(options: Options) -> None:
    """Check what needs neither model nor data.

    Raises:
        UserError: naming the option, its value and the rule.
    """
    if not options.seed:
        raise UserError("--seed was given without a number; give one or more, such as --seed 0")
    if options.trials is not None and options.trials < 1:
        raise UserError(f"--trials {options.trials} must be 1 or more")


def check_horizon(horizon: int, steps: int, data: str) -> None:
    """Raise UserError where there is no such step in the data."""
    if not 1 <= horizon <= steps:
        raise UserError(f"--horizon {horizon} must be 1 to {steps}, the steps of {data}")

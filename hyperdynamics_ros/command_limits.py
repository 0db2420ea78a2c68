"""What a command to the arm must keep before the controller sends it; drivers and adapter hold their own limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_ros.checks.rules import MessageRefused, require_finite

Array = NDArray[np.float64]
SLACK = 1e-6
"""Of rounding, m."""


@dataclass(frozen=True)
class CommandLimits:
    """Greatest displacement, and the space for the tip."""

    longest: float
    """m."""
    half: float
    """Tip's |x| and |y|, m."""
    height: float
    """Tip's z, m."""

    def check(self, displacement: Array, tip: Array) -> None:
        """A displacement [3] of a tip at [3], m.

        Raises:
            MessageRefused: not finite, too long, or out of the space; a way back into it is allowed.
        """
        require_finite("displacement", displacement)
        length = float(np.linalg.norm(displacement))
        if length > self.longest + SLACK:
            raise MessageRefused("length of the displacement", f"{length:.4f} m", f"must be at most {self.longest} m",
                                 "look at the planner's lengths, or raise max_displacement")  # fmt: skip
        target = tip + displacement
        if self._excess(target) > max(self._excess(tip), SLACK):
            raise MessageRefused(
                "target of the rod's tip", f"{np.round(target, 3).tolist()} m",
                f"must keep |x|, |y| <= {self.half} m and a height of at most {self.height} m",
                "set the goal farther from the table's edge, or raise workspace_half and workspace_height",
            )  # fmt: skip

    def _excess(self, tip: Array) -> float:
        return max(float(np.abs(tip[:2]).max()) - self.half, float(tip[2]) - self.height)

"""The frozen physics of the pushing world: part of the task, written into every data file, never mixed.

The arm against 300-1000 kg is not solver-converged, so rate and iteration count change what a push does; they are
settings of the task like mass and friction, not of accuracy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.data.push_folder import physics_fingerprint


@dataclass(frozen=True)
class PhysicsSettings:
    """Everything besides the scene that decides what a push does."""

    robot: str = "kuka"
    """``kuka``: iiwa with a rod on link 7; ``gantry``: a rod on three sliding joints, for fast tests."""
    engine: str = "pybullet"
    """The simulator."""
    rate_hz: int = 240
    """Simulation steps a second."""
    solver_iterations: int = 50
    """Constraint solver iterations a simulation step."""
    step_seconds: float = 0.8
    """Duration of one action."""
    settle_seconds: float = 0.1
    """Time that a new scene is given to come to rest."""
    gravity: float = 9.8
    """Gravity, m/s^2, along -z."""
    table_size: float = 0.6
    """Side of the square table, m."""
    table_friction: float = 10.0
    """Lateral friction of the table; PyBullet multiplies it with the object's: 10 x 1e-3 is mu = 0.01."""
    rod_friction: float = 0.5
    """Lateral friction of the rod."""
    damping: float = 0.04
    """Linear and angular damping of the object, 1/s."""
    rod_radius: float = 0.01
    """Radius of the rod, m."""
    rod_length: float = 0.2
    """Length of the rod, m."""
    tip_height: float = 0.012
    """Height of the rod's tip over the table while pushing, m."""
    base_position: tuple[float, float, float] = (-0.5, 0.0, -0.3)
    """Where the arm stands, m."""
    reach: tuple[float, float] = (0.24, 0.86)
    """Nearest and farthest distance of the tip from the base's axis, m: the rod tilts by less than 15 degrees there,
    and can be lifted."""
    position_gain: float = 0.03
    """Gain of the joints' position control; the target is handed over once an action."""
    velocity_gain: float = 1.0
    """Velocity gain of the joints."""
    max_force: float = 300.0
    """Limit of each joint: N m (kuka) or N (gantry)."""
    revision: int = 1
    """Raised whenever the code changes what a push does."""

    @property
    def substeps(self) -> int:
        """Simulation steps in one action."""
        return round(self.step_seconds * self.rate_hz)

    def reachable(self, position: Sequence[float] | NDArray[np.float64]) -> bool:
        """Whether the rod's tip can push at `position` [2 or more] (world frame, m)."""
        distance = float(np.hypot(position[0] - self.base_position[0], position[1] - self.base_position[1]))
        return self.reach[0] <= distance <= self.reach[1]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}

    def fingerprint(self) -> str:
        """16 hexadecimal digits that differ as soon as any setting does."""
        return physics_fingerprint(self.as_dict())


KUKA = PhysicsSettings()
GANTRY = PhysicsSettings(robot="gantry", rate_hz=120, reach=(0.0, 2.0), position_gain=0.06, max_force=400.0)
PHYSICS = {"kuka": KUKA, "gantry": GANTRY}


def physics_named(name: str) -> PhysicsSettings:
    """Settings by name.

    Raises:
        ValueError: an unknown name.
    """
    if name not in PHYSICS:
        raise ValueError(f"unknown physics {name!r}; choose one of {', '.join(PHYSICS)}")
    return PHYSICS[name]

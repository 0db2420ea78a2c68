"""All systems by name."""

from __future__ import annotations

from hyperdynamics_core.systems.legged import LEGGED
from hyperdynamics_core.systems.push import PUSH
from hyperdynamics_core.systems.system import System

SYSTEMS: dict[str, System] = {PUSH.name: PUSH, **LEGGED}

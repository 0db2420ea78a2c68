"""Systems that messages may name."""

from __future__ import annotations

from hyperdynamics_core.systems.known import SYSTEMS
from hyperdynamics_core.systems.system import System
from hyperdynamics_ros.checks.rules import MessageRefused

__all__ = ["SYSTEMS", "require_system"]


def require_system(name: str) -> System:
    """The named system; refuses names that are not known."""
    if name not in SYSTEMS:
        raise MessageRefused(
            "system", repr(name), f"must be one of {sorted(SYSTEMS)}", "start both nodes with models of one system"
        )
    return SYSTEMS[name]

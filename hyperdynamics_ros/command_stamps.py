"""When a command of a displacement acts, and from when on a state shows what it did; for the push nodes."""

from __future__ import annotations

from hyperdynamics_core.systems.push import PUSH

STEP_NS = round(1e9 * PUSH.dt)
EARLY_NS = STEP_NS // 20
"""A state this much before the nominal end of a step counts as its end."""
SAME_CLOCK_NS = 60_000_000_000
"""Stamps that differ from this node's clock by more come from another clock."""


def clock_follows(now: int, stamp: int) -> bool:
    """Whether states with such stamps (ns) are stamped by this node's clock, which says now (ns)."""
    return abs(now - stamp) < SAME_CLOCK_NS


def stands_still(now: int, stamp: int) -> bool:
    """Whether time waits at a state's stamp (ns): lockstep. In real time a state may come twice, but the clock runs."""
    return not clock_follows(now, stamp) or now <= stamp


def command_stamp(now: int, stamp: int) -> int:
    """Stamp (ns) of a command that answers the state of a stamp: in real time, thinking has taken a while."""
    return max(stamp, now) if clock_follows(now, stamp) else stamp


def ready_after(commanded_at: int) -> int:
    """Stamp (ns) from which on a state shows what a command did."""
    return commanded_at + STEP_NS - EARLY_NS

"""Puts the messages of one RGB-D frame together by their stamps."""

from __future__ import annotations

from typing import Any

from hyperdynamics_ros.checks.rules import stamp_ns
from hyperdynamics_ros.synchronisation import StampBuffer

FRAME_PARTS = ("color", "depth", "info", "pose")
KEPT = 64
"""Newest messages kept of each part; images are few, states may be many."""


class FrameAssembler:
    """Messages of one moment, the colour image's; each moment is given out once, older ones never after it."""

    def __init__(self, tolerance: int, parts: tuple[str, ...] = FRAME_PARTS) -> None:
        """tolerance: greatest difference of any stamp to the colour image's, ns. parts: "color" and what else."""
        self._tolerance = tolerance
        self._parts: dict[str, StampBuffer[Any]] = {
            name: StampBuffer(4 if name in ("color", "depth") else KEPT) for name in parts
        }
        self.given = -1
        """Stamp of the newest moment that was given out, ns."""

    def add(self, part: str, message: Any) -> None:
        """A checked message."""
        self._parts[part].add(stamp_ns(message.header.stamp), message)

    def newest(self) -> tuple[int, dict[str, Any]] | None:
        """(stamp, messages by part) of the newest complete moment after the last one given out; None: not yet."""
        for stamp in reversed(self._parts["color"].stamps()):
            if stamp <= self.given:
                return None
            found = {name: buffer.nearest(stamp, self._tolerance) for name, buffer in self._parts.items()}
            complete = {name: match[1] for name, match in found.items() if match is not None}
            if len(complete) == len(found):
                self.given = stamp
                return stamp, complete
        return None

    def clear(self) -> None:
        """Forget everything."""
        self.given = -1
        for buffer in self._parts.values():
            buffer.clear()

"""Puts the messages of one RGB-D frame together by their stamps."""

from __future__ import annotations

import time
from typing import Any

from hyperdynamics_ros.checks.rules import stamp_ns
from hyperdynamics_ros.synchronisation import StampBuffer

FRAME_PARTS = ("color", "depth", "info", "pose")
KEPT = 64
"""Newest messages kept of each part; images are few, states may be many."""
PATIENCE = 0.1
"""Longest wait for a newer moment while an older one is complete, s."""


class FrameAssembler:
    """Messages of one moment, the colour image's; each moment is given out once, older ones never after it."""

    def __init__(self, tolerance: int, parts: tuple[str, ...] = FRAME_PARTS) -> None:
        """tolerance: greatest difference of any stamp to the colour image's, ns. parts: "color" and what else."""
        self._tolerance = tolerance
        self._parts: dict[str, StampBuffer[Any]] = {
            name: StampBuffer(4 if name in ("color", "depth") else KEPT) for name in parts
        }
        self._since: float | None = None
        self.given = -1
        """Stamp of the newest moment that was given out, ns."""

    def add(self, part: str, message: Any) -> None:
        """A checked message."""
        self._parts[part].add(stamp_ns(message.header.stamp), message)

    def newest(self) -> tuple[int, dict[str, Any]] | None:
        """(stamp, messages by part) of the newest complete moment after the last one given out; None: not yet.

        Also None, for up to PATIENCE, while a newer moment's parts may still come: states wait in their queue while a
        picture is looked at, and who settles for what is complete first stays behind by all of the queue.
        """
        moment = self._newest_complete()
        if moment is None:
            return None
        newer = self._parts["color"].stamps()[-1]
        if newer > moment[0] and self._may_come(newer) and self._waited() < PATIENCE:
            return None
        self.given, self._since = moment[0], None
        return moment

    def _newest_complete(self) -> tuple[int, dict[str, Any]] | None:
        for stamp in reversed(self._parts["color"].stamps()):
            if stamp <= self.given:
                return None
            found = {name: buffer.nearest(stamp, self._tolerance) for name, buffer in self._parts.items()}
            complete = {name: match[1] for name, match in found.items() if match is not None}
            if len(complete) == len(found):
                return stamp, complete
        return None

    def _may_come(self, stamp: int) -> bool:
        """Whether some part has not got as far as the stamp (ns) yet."""
        newest = (buffer.newest() for buffer in self._parts.values())
        return any(known is None or known[0] < stamp - self._tolerance for known in newest)

    def _waited(self) -> float:
        """Seconds since there has been something to give out."""
        if self._since is None:
            self._since = time.monotonic()
        return time.monotonic() - self._since

    def clear(self) -> None:
        """Forget everything."""
        self.given, self._since = -1, None
        for buffer in self._parts.values():
            buffer.clear()

"""The controller's markers back to paths, for pictures."""

from __future__ import annotations

from typing import Any

import numpy as np

from hyperdynamics_cli.drawing.records import Array, Overlay
from hyperdynamics_ros.checks.rules import stamp_ns


def overlay_of(message: Any) -> tuple[int, Overlay]:
    """Stamp (ns) and paths of a MarkerArray with the namespaces candidates, chosen, predicted and real.

    Candidates are a line list: two points a piece. The others are line strips.
    """
    by_name = {marker.ns: marker for marker in message.markers if marker.points}
    stamps = [stamp_ns(marker.header.stamp) for marker in by_name.values()]
    pieces = _points(by_name.get("candidates"))
    overlay = Overlay(
        candidates=() if pieces is None else tuple(pieces[: len(pieces) // 2 * 2].reshape(-1, 2, 2)),
        chosen=_points(by_name.get("chosen")),
        predicted=_points(by_name.get("predicted")),
        real=_points(by_name.get("real")),
    )
    return max(stamps, default=0), overlay


def _points(marker: Any) -> Array | None:
    """[n, 2] in m; None without a marker."""
    return None if marker is None else np.array([(point.x, point.y) for point in marker.points])

"""Boxes, goals and paths as visualization_msgs/Marker for RViz and Foxglove."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker, MarkerArray

from hyperdynamics_core.planning.geometry import Box
from hyperdynamics_ros.checks.rules import WORLD_FRAME
from hyperdynamics_ros.conversions.arrays import point, time_message, vector

Colour = tuple[float, float, float, float]
OBJECT: Colour = (0.1, 0.7, 0.3, 0.45)
OBSTACLE: Colour = (0.8, 0.2, 0.2, 0.45)
GOAL: Colour = (0.2, 0.4, 1.0, 0.8)
CANDIDATES: Colour = (0.5, 0.5, 0.5, 0.4)
CHOSEN: Colour = (1.0, 0.8, 0.1, 1.0)
PREDICTED: Colour = (0.9, 0.3, 0.9, 1.0)
REAL: Colour = (0.1, 0.9, 0.9, 1.0)
PATH_HEIGHT = 0.1
"""Height at which paths in the plane are drawn, m."""
LINE_WIDTH = 0.003


def _marker(kind: int, namespace: str, number: int, colour: Colour, stamp_ns: int) -> Marker:
    marker = Marker(ns=namespace, id=number, type=kind, action=Marker.ADD)
    marker.header.stamp, marker.header.frame_id = time_message(stamp_ns), WORLD_FRAME
    marker.color = ColorRGBA(r=colour[0], g=colour[1], b=colour[2], a=colour[3])
    marker.pose.orientation.w = 1.0
    marker.scale.x = LINE_WIDTH
    return marker


def box_marker(box: Box, number: int, colour: Colour, stamp_ns: int) -> Marker:
    """A box, namespace ``boxes``."""
    marker = _marker(Marker.CUBE, "boxes", number, colour, stamp_ns)
    marker.pose.position, marker.scale = point(box.centre), vector(box.size)
    return marker


def score_marker(box: Box, number: int, score: float, stamp_ns: int) -> Marker:
    """The score above a box, namespace ``scores``."""
    marker = _marker(Marker.TEXT_VIEW_FACING, "scores", number, (1.0, 1.0, 1.0, 1.0), stamp_ns)
    marker.pose.position = point((box.centre[0], box.centre[1], box.centre[2] + 0.5 * box.size[2] + 0.02))
    marker.scale.z, marker.text = 0.02, f"{score:.2f}"
    return marker


def goal_marker(goal: Sequence[float], tolerance: float, stamp_ns: int) -> Marker:
    """A disc of the tolerance's radius on the table, namespace ``goal``."""
    marker = _marker(Marker.CYLINDER, "goal", 0, GOAL, stamp_ns)
    marker.pose.position = point((goal[0], goal[1], 0.001))
    marker.scale = vector((2 * tolerance, 2 * tolerance, 0.002))
    return marker


def path_marker(namespace: str, path: Any, colour: Colour, stamp_ns: int) -> Marker:
    """A path [n, 2] in the plane (m) as a line strip."""
    marker = _marker(Marker.LINE_STRIP, namespace, 0, colour, stamp_ns)
    marker.points = [point((row[0], row[1], PATH_HEIGHT)) for row in path]
    return marker


def marker_array(markers: Iterable[Marker]) -> MarkerArray:
    """All markers, after one that removes what was drawn before."""
    return MarkerArray(markers=[Marker(action=Marker.DELETEALL), *markers])


def plan_markers(candidates: Any, chosen: Any, predicted: Any, stamp_ns: int) -> list[Marker]:
    """Candidates [N, n, 2] as one line list, the chosen path [n, 2], what is predicted of the next push [2, 2]; m."""
    tried = _marker(Marker.LINE_LIST, "candidates", 0, CANDIDATES, stamp_ns)
    for path in candidates:
        ends = [point((row[0], row[1], PATH_HEIGHT)) for row in path]
        tried.points += [end for pair in zip(ends[:-1], ends[1:], strict=True) for end in pair]
    return [
        tried,
        path_marker("chosen", chosen, CHOSEN, stamp_ns),
        path_marker("predicted", predicted, PREDICTED, stamp_ns),
    ]

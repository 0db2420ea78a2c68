"""Detections of the core as DetectedObjects, and boxes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hyperdynamics.msg import DetectedObject, DetectedObjects
from numpy.typing import NDArray

from hyperdynamics_core.methods.shape_codes import ShapeTable
from hyperdynamics_core.planning.geometry import Box
from hyperdynamics_core.vision.perception import Detection
from hyperdynamics_ros.checks.rules import WORLD_FRAME
from hyperdynamics_ros.conversions.arrays import float_field, from_xyz, point, time_message, vector


def objects_message(detections: Sequence[Detection], stamp_ns: int) -> DetectedObjects:
    """Boxes, scores and positions; codes are added by ``add_codes``."""
    message = DetectedObjects()
    message.header.stamp, message.header.frame_id = time_message(stamp_ns), WORLD_FRAME
    message.objects = [
        DetectedObject(
            id=index,
            score=min(max(found.score, 0.0), 1.0),
            centre=point(found.centre),
            size=vector(found.size),
            position=point(found.position),
        )
        for index, found in enumerate(detections)
    ]
    return message


def add_codes(message: DetectedObjects, index: int, table: ShapeTable, model: str) -> None:
    """Write z_vis over yaw of one object; model is the fingerprint of the checkpoint that made the codes."""
    n_yaws, message.code_size = table.codes.shape
    message.yaws = float_field(np.arange(n_yaws) * (2.0 * np.pi / n_yaws))
    message.objects[index].shape_codes = float_field(table.codes)
    message.model = model


def box_of(item: Any) -> Box:
    """The box of a checked DetectedObject."""
    centre, size = from_xyz(item.centre), from_xyz(item.size)
    return Box((centre[0], centre[1], centre[2]), (size[0], size[1], size[2]))


def nearest_object(positions: NDArray[np.float64], place: NDArray[np.float64], radius: float) -> int | None:
    """Index of the position [n, 3] nearest to a place [3] in x and y, None if none is within radius (m)."""
    if len(positions) == 0:
        return None
    distances = np.linalg.norm(positions[:, :2] - place[:2], axis=1)
    best = int(distances.argmin())
    return best if distances[best] <= radius else None

"""Numbers into and out of message fields, by whole buffers (a list takes a hundred times longer)."""

from __future__ import annotations

import array
from typing import TYPE_CHECKING, Any

import numpy as np
from builtin_interfaces.msg import Time
from geometry_msgs.msg import Point, Vector3
from numpy.typing import NDArray

from hyperdynamics_ros.checks.rules import NANOSECONDS, floats

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["bytes_field", "float_field", "floats", "from_xyz", "point", "time_message", "vector"]


def float_field(values: NDArray[Any] | Tensor) -> array.array[float]:
    """Any array as a float32[] field, row-major."""
    if not isinstance(values, np.ndarray):
        values = values.detach().numpy()
    return _filled("f", np.ascontiguousarray(values, dtype=np.float32))


def bytes_field(values: NDArray[Any]) -> array.array[int]:
    """Any array's bytes as a uint8[] field, row-major."""
    return _filled("B", np.ascontiguousarray(values))


def _filled(kind: str, values: NDArray[Any]) -> array.array[Any]:
    field = array.array(kind)
    field.frombytes(values.reshape(-1).view(np.uint8))  # type: ignore[arg-type]  # a buffer, copied once
    return field


def time_message(nanoseconds: int) -> Time:
    """Nanoseconds as builtin_interfaces/Time."""
    return Time(sec=nanoseconds // NANOSECONDS, nanosec=nanoseconds % NANOSECONDS)


def point(xyz: Any) -> Point:
    """Three numbers as geometry_msgs/Point."""
    return Point(x=float(xyz[0]), y=float(xyz[1]), z=float(xyz[2]))


def vector(xyz: Any) -> Vector3:
    """Three numbers as geometry_msgs/Vector3."""
    return Vector3(x=float(xyz[0]), y=float(xyz[1]), z=float(xyz[2]))


def from_xyz(message: Any) -> NDArray[np.float64]:
    """[3] from a Point or Vector3."""
    return np.array((message.x, message.y, message.z))

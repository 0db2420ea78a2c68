"""Torque commands and other plain numbers with a stamp in their layout's label.

ros2_control's effort controllers take std_msgs/Float64MultiArray, which has no header, and look at the numbers alone.
So the stamp of the state that a command answers goes into the label of the layout's only dimension, as nanoseconds:
a driver leaves it unread, our bridge takes each command once by it. A command without a label counts for now.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from std_msgs.msg import Float64MultiArray, MultiArrayDimension, MultiArrayLayout

from hyperdynamics_ros.conversions.legged import double_field


def stamped_numbers(values: NDArray[np.float64], stamp_ns: int | None) -> Float64MultiArray:
    """Numbers [n] of one moment; None: without a stamp."""
    size = len(values)
    label = "" if stamp_ns is None else str(stamp_ns)
    layout = MultiArrayLayout(dim=[MultiArrayDimension(label=label, size=size, stride=size)])
    return Float64MultiArray(layout=layout, data=double_field(values))


def stamp_of_numbers(message: Any) -> int | None:
    """The stamp, ns; None: it has none.

    Raises:
        ValueError: a label that is no number.
    """
    label = message.layout.dim[0].label if len(message.layout.dim) else ""
    return int(label) if label else None


def numbers(message: Any) -> NDArray[np.float64]:
    """[n] without a copy."""
    return np.frombuffer(message.data, dtype=np.float64) if len(message.data) else np.zeros(0)

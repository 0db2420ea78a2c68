"""The refusal that every check raises, and the elementary rules they share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

WORLD_FRAME = "world"
"""Frame of states, boxes and commands."""
UNIT_TOLERANCE = 1e-3
"""How far a quaternion's norm may be from one."""
NANOSECONDS = 1_000_000_000


class MessageRefused(ValueError):
    """A message broke a rule and must not be used.

    ``what`` names the field, ``value`` what was found, ``rule`` what is allowed, ``remedy`` what to do about it.
    """

    def __init__(self, what: str, value: object, rule: str, remedy: str) -> None:
        super().__init__(f"{what} is {value}: {rule}; {remedy}")
        self.what, self.value, self.rule, self.remedy = what, value, rule, remedy


def stamp_ns(stamp: Any) -> int:
    """A builtin_interfaces/Time as nanoseconds."""
    return int(stamp.sec) * NANOSECONDS + int(stamp.nanosec)


def require_stamp(stamp: Any) -> None:
    """Seconds not negative, nanoseconds below one second."""
    if stamp.sec < 0 or stamp.nanosec >= NANOSECONDS:
        raise MessageRefused(
            "header.stamp",
            f"{stamp.sec} s {stamp.nanosec} ns",
            "seconds must not be negative and nanoseconds less than 1e9",
            "stamp messages with the node's clock",
        )


def require_frame(frame: str, expected: str = WORLD_FRAME, what: str = "header.frame_id") -> None:
    """The frame is the expected one."""
    if frame != expected:
        raise MessageRefused(
            what, repr(frame), f"must be {expected!r}", "transform the message into that frame, or name its frame"
        )


def require_finite(what: str, values: Iterable[float] | NDArray[Any]) -> None:
    """All numbers finite; names the first that is not."""
    array = np.asarray(values if isinstance(values, np.ndarray) else list(values), dtype=np.float64)
    finite = np.isfinite(array)
    if not finite.all():
        index = int(np.flatnonzero(~finite.ravel())[0])
        where = f"{what}[{index}]" if array.size > 1 else what
        raise MessageRefused(
            where, array.ravel()[index], "must be finite", "look for a failed sensor or a division by 0"
        )


def require_size(what: str, size: int, expected: int, why: str) -> None:
    """A field has as many entries as others of the message say."""
    if size != expected:
        raise MessageRefused(f"size of {what}", size, f"must be {expected} ({why})", "fill the message in one place")


def require_unit_quaternion(what: str, quaternion: Any) -> None:
    """A geometry_msgs/Quaternion is finite and of norm one."""
    values = (quaternion.x, quaternion.y, quaternion.z, quaternion.w)
    require_finite(what, values)
    norm = float(np.linalg.norm(values))
    if abs(norm - 1.0) > UNIT_TOLERANCE:
        raise MessageRefused(f"norm of {what}", f"{norm:.6g}", "must be 1", "normalise it; unset quaternions are all 0")


def floats(values: Any) -> NDArray[np.float32]:
    """A float32[] field as an array without a copy."""
    return np.frombuffer(values, dtype=np.float32) if len(values) else np.zeros(0, np.float32)

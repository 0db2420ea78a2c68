"""Messages that belong together, found by their stamps."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import OrderedDict
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_ros.checks.rules import stamp_ns
from hyperdynamics_ros.conversions.states import push_state
from hyperdynamics_ros.levelling import Leveller

T = TypeVar("T")
SIZE = 1024
"""Stamps kept: ten seconds at 100 a second. On a busy machine a picture is seconds old once it has been looked at."""


class StampBuffer(Generic[T]):
    """The newest values by stamp (ns)."""

    def __init__(self, size: int = SIZE) -> None:
        self._values: OrderedDict[int, T] = OrderedDict()
        self._stamps: list[int] = []
        """The same stamps, ascending."""
        self._size = size

    def add(self, stamp: int, value: T) -> None:
        """Keep a value; one of the same stamp is replaced."""
        if stamp not in self._values:
            insort(self._stamps, stamp)
        self._values[stamp] = value
        self._values.move_to_end(stamp)
        while len(self._values) > self._size:
            oldest, _ = self._values.popitem(last=False)
            del self._stamps[bisect_left(self._stamps, oldest)]

    def nearest(self, stamp: int, tolerance: int) -> tuple[int, T] | None:
        """(stamp, value) nearest in time, None if farther than tolerance (ns)."""
        place = bisect_left(self._stamps, stamp)
        best = min(self._stamps[max(place - 1, 0) : place + 1], key=lambda known: abs(known - stamp), default=None)
        if best is None or abs(best - stamp) > tolerance:
            return None
        return best, self._values[best]

    def newest(self) -> tuple[int, T] | None:
        """(stamp, value) of the newest stamp."""
        return (self._stamps[-1], self._values[self._stamps[-1]]) if self._stamps else None

    def stamps(self) -> list[int]:
        """All stamps, ascending."""
        return self._stamps.copy()

    def clear(self) -> None:
        """Forget everything."""
        self._values.clear()
        self._stamps.clear()


Moment = tuple[int, NDArray[np.float64]]
"""A stamp (ns) and the push state [16] then."""


class StateBuffer:
    """Push states [16] out of the object's odometry and the end-effector's pose of the same moment."""

    def __init__(self, tolerance: int, level: bool = False) -> None:
        """tolerance: greatest difference of the two stamps, ns. level: states are levelled, see ``Leveller``."""
        self._tolerance, self._level = tolerance, Leveller() if level else None
        self._odometry: StampBuffer[Any] = StampBuffer()
        self._end_effector: StampBuffer[Any] = StampBuffer()
        self.states: StampBuffer[NDArray[np.float64]] = StampBuffer()

    def add_odometry(self, message: Any) -> Moment | None:
        """A checked nav_msgs/Odometry of the object; the moment that it completes, if any."""
        stamp = stamp_ns(message.header.stamp)
        self._odometry.add(stamp, message)
        return self._complete(stamp)

    def add_end_effector(self, message: Any) -> Moment | None:
        """A checked geometry_msgs/PoseStamped of the rod's tip; the moment that it completes, if any.

        Joints are told more often than objects: of several poses near an odometry only those count that are the nearest
        as yet.
        """
        stamp = stamp_ns(message.header.stamp)
        self._end_effector.add(stamp, message)
        match = self._odometry.nearest(stamp, self._tolerance)
        if match is None:
            return None
        nearest = self._end_effector.nearest(match[0], self._tolerance)
        return self._complete(match[0]) if nearest is not None and nearest[0] == stamp else None

    def clear(self) -> None:
        """Forget everything."""
        for buffer in (self._odometry, self._end_effector, self.states):
            buffer.clear()
        if self._level is not None:
            self._level.clear()

    def _complete(self, stamp: int) -> Moment | None:
        odometry = self._odometry.nearest(stamp, 0)
        end_effector = self._end_effector.nearest(stamp, self._tolerance)
        if odometry is None or end_effector is None:
            return None
        state = push_state(odometry[1], end_effector[1])
        if self._level is not None:
            state = self._level(state)
        self.states.add(stamp, state)
        return stamp, state

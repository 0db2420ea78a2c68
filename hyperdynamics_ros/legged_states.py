"""Whole states of a legged robot out of its joints and its odometry of the same moment."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.systems.legged import LeggedSystem
from hyperdynamics_ros.checks.rules import stamp_ns
from hyperdynamics_ros.conversions.legged import legged_state, of_joints

Array = NDArray[np.float64]
KEPT = 16
"""Newest messages kept of each kind."""
PITCH = 2
"""Where a planar robot's state has its pitch."""
PAUSE = 1_000_000_000
"""After a pause of this length in the stamps (ns) angles begin anew: another episode."""


@dataclass(frozen=True)
class Sample:
    """The robot at one moment."""

    stamp: int
    """Of the joints, ns."""
    state: Array
    """[n_s] in the system's layout."""
    efforts: Array | None
    """[n_a] torques of the step that ended now, as parts of the greatest ones; None: the driver tells none."""
    repeated: bool = False
    """The moment was given out before: its sender tells it again."""


class LeggedStates:
    """Pairs JointState and Odometry by stamp; moments come out in order, each once and again where it is repeated.

    Angles are continued from moment to moment: pitch goes on beyond half a turn, and of a quaternion's two signs the
    one nearer to the last is taken, as a simulator has it that integrates them.
    """

    def __init__(self, system: LeggedSystem, tolerance: int) -> None:
        """tolerance: greatest difference of the two stamps, ns."""
        self.system, self._tolerance = system, tolerance
        self._limits = np.array(system.max_torques)
        self._joints: OrderedDict[int, Any] = OrderedDict()
        self._odometry: OrderedDict[int, Any] = OrderedDict()
        self._last: Sample | None = None

    def clear(self) -> None:
        """Forget everything: another episode, or the clock went back."""
        self._joints.clear()
        self._odometry.clear()
        self._last = None

    def add_joints(self, message: Any) -> Sample | None:
        """A checked JointState; the moment that it completes, if any."""
        stamp = stamp_ns(message.header.stamp)
        _keep(self._joints, stamp, message)
        other = self._nearest(self._odometry, stamp)
        return None if other is None else self._complete(stamp, message, other)

    def add_odometry(self, message: Any) -> Sample | None:
        """A checked Odometry of the base; the moment that it completes, if any."""
        stamp = stamp_ns(message.header.stamp)
        _keep(self._odometry, stamp, message)
        joints = self._nearest(self._joints, stamp)
        return None if joints is None else self._complete(stamp_ns(joints.header.stamp), joints, message)

    def _nearest(self, messages: OrderedDict[int, Any], stamp: int) -> Any:
        if stamp in messages:
            return messages[stamp]
        if self._tolerance == 0 or not messages:
            return None
        best = min(messages, key=lambda known: abs(known - stamp))
        return messages[best] if abs(best - stamp) <= self._tolerance else None

    def _complete(self, stamp: int, joints: Any, odometry: Any) -> Sample | None:
        last = self._last
        if last is not None and stamp < last.stamp:
            return None
        if last is not None and stamp == last.stamp:
            return Sample(stamp, last.state, last.efforts, repeated=True)
        state = legged_state(self.system, joints, odometry)
        self._continue(state, None if last is None or stamp - last.stamp > PAUSE else last.state)
        efforts = of_joints(self.system.joint_names, joints, "effort") / self._limits if len(joints.effort) else None
        self._last = Sample(stamp, state, efforts)
        return self._last

    def _continue(self, state: Array, last: Array | None) -> None:
        if self.system.orientation is None:
            if last is not None:
                state[PITCH] = last[PITCH] + math.remainder(state[PITCH] - last[PITCH], math.tau)
            return
        quaternion = state[self.system.orientation]
        turned = quaternion[3] < 0.0 if last is None else quaternion @ last[self.system.orientation] < 0.0
        if turned:
            quaternion *= -1.0


def _keep(messages: OrderedDict[int, Any], stamp: int, message: Any) -> None:
    messages[stamp] = message
    if len(messages) > KEPT:
        messages.popitem(last=False)

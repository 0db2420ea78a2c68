"""What the controller has heard, and which of it belongs to one moment."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.control.commands import ResultCode
from hyperdynamics_core.methods.experts import ExpertBank
from hyperdynamics_core.planning.geometry import Box
from hyperdynamics_ros.checks import stamp_ns
from hyperdynamics_ros.conversions.arrays import from_xyz
from hyperdynamics_ros.conversions.experts import bank_from
from hyperdynamics_ros.conversions.objects import box_of, nearest_object
from hyperdynamics_ros.synchronisation import StampBuffer, StateBuffer

Array = NDArray[np.float64]


class Missing(Enum):
    """What a decision still waits for."""

    STATE = ("state", ("object/odom", "end_effector/pose"), "the bridge or driver runs")
    OBJECTS = ("objects", ("objects",), "the perception node runs")
    EXPERT = ("expert", ("expert_weights",), "the hypernetwork and interaction_encoder nodes run")

    @property
    def parameter(self) -> str:
        """Name of the parameter that limits the wait."""
        return f"{self.value[0]}_timeout"

    @property
    def topics(self) -> tuple[str, ...]:
        """Where it would come from."""
        topics: tuple[str, ...] = self.value[1]
        return topics

    @property
    def code(self) -> ResultCode:
        """How a goal ends that waited too long for it."""
        codes = {"state": ResultCode.STALE_STATE, "objects": ResultCode.OBJECT_LOST, "expert": ResultCode.STALE_EXPERT}
        return codes[self.value[0]]

    def words(self, seconds: float) -> str:
        """Why the goal ended."""
        return f"nothing fresh on {' and '.join(self.topics)} for {seconds:.1f} s; look whether {self.value[2]}"


@dataclass(frozen=True)
class Moment:
    """State, view and experts that belong together."""

    stamp: int
    """ns."""
    state: Array
    """[16] as tracked."""
    position: Array | None = None
    """[3] of the object as it was detected, m; None: not in view, or no view was needed."""
    object_box: Box | None = None
    obstacles: tuple[Box, ...] = ()
    experts: ExpertBank | None = None


class PushInputs:
    """Newest states, detections and experts; ``newest`` picks a moment in which all are there."""

    def __init__(self, tolerance: int, object_radius: float, level: bool = False) -> None:
        """tolerance: of stamps, ns. object_radius: a detection farther from the tracked object is another one, m.

        level: states are levelled, see ``Leveller``.
        """
        self._tolerance, self._radius = tolerance, object_radius
        self.states = StateBuffer(tolerance, level)
        self._objects: StampBuffer[Any] = StampBuffer(16)
        self._bank: ExpertBank | None = None
        self._bank_stamp, self._bank_episode = -1, 0
        self.episode: int | None = None
        """Number of the episode; None: nobody tells."""
        self.heard = dict.fromkeys(Missing, -math.inf)
        """When each of them came last, s of wall time."""
        self.contact = False
        """Whether an obstacle has been touched."""

    def add_objects(self, message: Any) -> None:
        """A checked DetectedObjects."""
        self._objects.add(stamp_ns(message.header.stamp), message)
        self.heard[Missing.OBJECTS] = time.monotonic()

    def add_experts(self, message: Any) -> None:
        """A checked ExpertWeights; one of another episode waits until that is told."""
        self._bank, self._bank_stamp = bank_from(message), stamp_ns(message.header.stamp)
        self.heard[Missing.EXPERT] = time.monotonic()
        self._bank_episode = message.episode

    def heard_state(self) -> None:
        """A state was added to ``states``."""
        self.heard[Missing.STATE] = time.monotonic()

    def begin_episode(self, number: int) -> None:
        """Forget what belongs to another episode; experts of the new one may have come before its number."""
        self.states.clear()
        self._objects.clear()
        self.contact, self.episode = False, number

    def clear(self) -> None:
        """Forget everything but the episode: the clock went back."""
        self.states.clear()
        self._objects.clear()
        self._bank, self._bank_stamp, self.contact = None, -1, False

    def newest(self, since: int, view: bool, limits: dict[Missing, float]) -> Moment | Missing:
        """The newest moment not before a stamp (ns); view: with detections and experts. Else what is missing.

        limits: a topic that has been silent for longer than this (s) counts as missing.
        """
        newest = self.states.states.newest()
        if newest is None or newest[0] < since or self._silent(Missing.STATE, limits):
            return Missing.STATE
        if not view:
            return Moment(*newest)
        return self._view(since, limits)

    def _silent(self, what: Missing, limits: dict[Missing, float]) -> bool:
        return time.monotonic() - self.heard[what] > limits[what]

    def _view(self, since: int, limits: dict[Missing, float]) -> Moment | Missing:
        seen = self._objects.newest()
        if seen is None or seen[0] < since or self._silent(Missing.OBJECTS, limits):
            return Missing.OBJECTS
        # The newest view may still lack its experts while the one before has them.
        usable = self._bank_stamp >= since and self.episode in (None, self._bank_episode)
        known = self._objects.nearest(self._bank_stamp, self._tolerance) if usable else None
        stamp, message = known or seen
        tracked = self.states.states.nearest(stamp, self._tolerance)
        if tracked is None:
            return Missing.STATE
        moment = self._moment(stamp, message, tracked[1], None if known is None else self._bank)
        return Missing.EXPERT if moment.experts is None and moment.object_box is not None else moment

    def _moment(self, stamp: int, message: Any, state: Array, experts: ExpertBank | None) -> Moment:
        boxes = [box_of(item) for item in message.objects]
        positions = np.array([from_xyz(item.position) for item in message.objects]).reshape(-1, 3)
        mine = nearest_object(positions, state, self._radius)
        if mine is None:
            return Moment(stamp, state, None, None, tuple(boxes))
        box = boxes.pop(mine)
        return Moment(stamp, state, positions[mine], box, tuple(boxes), experts)

"""A tracker of the object's pose as there are real ones: noisy, late, with speeds that it estimates from poses."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

Array = NDArray[np.float64]


@dataclass(frozen=True)
class TrackerConfig:
    """How good it is."""

    position_noise: float = 0.0006
    """Deviation along each axis, m: 1 mm in space."""
    angle_noise: float = 0.005
    """Deviation about each axis, rad: half a degree in all."""
    delay: tuple[float, float] = (0.02, 0.04)
    """From a measurement until it is told, s."""
    window: int = 7
    """Poses that a speed is fitted to: fewer, and noise makes a resting object move."""


@dataclass(frozen=True)
class Track:
    """One measurement."""

    stamp: int
    """When it was made, ns."""
    due: int
    """When it is told, ns."""
    position: Array
    """[3] m, world frame."""
    xyzw: Array
    """[4] unit quaternion."""
    velocity: Array
    """[3] m/s, world frame."""
    turning: Array
    """[3] rad/s, world frame."""


class Tracker:
    """Measurements go in as they are made and come out when they are due, in order."""

    def __init__(self, config: TrackerConfig, rng: np.random.Generator) -> None:
        self._config, self._rng = config, rng
        self._past: deque[tuple[float, Array, Rotation]] = deque(maxlen=config.window)
        self._waiting: deque[Track] = deque()

    def clear(self) -> None:
        """Another scene."""
        self._past.clear()
        self._waiting.clear()

    def measure(self, stamp: int, position: Array, rotation: Array) -> None:
        """The object's true position [3] (m) and rotation [3, 3] at a stamp, ns."""
        config = self._config
        seen = position + self._rng.normal(0.0, config.position_noise, 3)
        turned = Rotation.from_rotvec(self._rng.normal(0.0, config.angle_noise, 3)) * Rotation.from_matrix(rotation)
        self._past.append((1e-9 * stamp, seen, turned))
        velocity, turning = self._speeds()
        due = stamp + round(1e9 * self._rng.uniform(*config.delay))
        if self._waiting:
            due = max(due, self._waiting[-1].due)
        self._waiting.append(Track(stamp, due, seen, turned.as_quat(), velocity, turning))

    def told(self, now: int) -> list[Track]:
        """What is due by a moment, ns; each is given out once."""
        due = []
        while self._waiting and self._waiting[0].due <= now:
            due.append(self._waiting.popleft())
        return due

    def _speeds(self) -> tuple[Array, Array]:
        """Slopes of straight lines through the last poses."""
        if len(self._past) < 2:
            return np.zeros(3), np.zeros(3)
        times = np.array([moment for moment, _, _ in self._past])
        times -= times.mean()
        newest = self._past[-1][2]
        places = np.array([place for _, place, _ in self._past])
        angles = np.array([(turn * newest.inv()).as_rotvec() for _, _, turn in self._past])
        scale = float(times @ times)
        return times @ (places - places[-1]) / scale, times @ angles / scale

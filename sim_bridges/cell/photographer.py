"""Takes pictures beside the cell's other work: exposed now, told some time later, as cameras do."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from queue import Queue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.vision.camera import Camera, RgbdFrame
from sim_bridges.cell.depth_noise import DepthNoise
from sim_bridges.cell.eye import Eye


@dataclass(frozen=True)
class Photo:
    """One picture."""

    stamp: int
    """When it was exposed, ns."""
    due: int
    """When the camera tells it, ns."""
    frame: RgbdFrame


@dataclass(frozen=True)
class _Order:
    stamp: int
    model: Any
    qpos: NDArray[np.float64]


class Photographer:
    """Owns the camera's thread; all methods belong to one other thread."""

    def __init__(
        self, camera: Camera, rng: np.random.Generator, latency: tuple[float, float], noise: DepthNoise | None = None
    ) -> None:
        """latency: from exposure until the picture is told, s, drawn for each; more where drawing takes longer."""
        self._camera, self._rng, self._latency = camera, rng, latency
        self._noise = noise or DepthNoise()
        self._orders: Queue[_Order | None] = Queue()
        self._done: deque[Photo] = deque()
        self._valid_from, self._failure = 0, ""
        self._busy = threading.Event()
        self._thread = threading.Thread(target=self._work, name="camera", daemon=True)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether a picture is being taken; no second one is begun meanwhile."""
        return self._busy.is_set()

    def expose(self, stamp: int, model: Any, qpos: NDArray[np.float64]) -> None:
        """Take a picture of a model as it is at joint positions qpos, at a stamp, ns."""
        self._busy.set()
        self._orders.put(_Order(stamp, model, qpos))

    def ready(self, now: int) -> list[Photo]:
        """Pictures that are due by a moment, ns; each is given out once.

        Raises:
            RuntimeError: the camera cannot draw; says why.
        """
        if self._failure:
            raise RuntimeError(self._failure)
        due = []
        while self._done and self._done[0].due <= now:
            due.append(self._done.popleft())
        return [photo for photo in due if photo.stamp >= self._valid_from]

    def forget(self, stamp: int) -> None:
        """Pictures exposed before a stamp, ns, show another scene."""
        self._valid_from = stamp

    def close(self) -> None:
        """End the thread, and its OpenGL with it."""
        self._orders.put(None)
        self._thread.join(timeout=5.0)

    def _work(self) -> None:
        eye = Eye()
        while (order := self._orders.get()) is not None:
            try:
                colours, depth = eye.look(order.model, order.qpos)
            except RuntimeError as error:
                self._failure = str(error)
                return
            frame = RgbdFrame(colours, self._noise.measured(depth, self._rng), self._camera)
            late = round(1e9 * self._rng.uniform(*self._latency))
            self._done.append(Photo(order.stamp, order.stamp + late, frame))
            self._busy.clear()
        eye.close()

"""Takes pictures beside the cell's other work: exposed now, told some time later, as cameras do.

A process of its own draws them: a camera is another device than an arm, and joints must not wait for pictures.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections import deque
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.vision.camera import Camera, RgbdFrame
from sim_bridges.cell.depth_noise import DepthNoise


@dataclass(frozen=True)
class Photo:
    """One picture."""

    stamp: int
    """When it was exposed, ns."""
    due: int
    """When the camera tells it, ns."""
    frame: RgbdFrame


class Photographer:
    """The camera's process, as the rest of the cell sees it."""

    def __init__(
        self, camera: Camera, rng: np.random.Generator, latency: tuple[float, float], noise: DepthNoise | None = None
    ) -> None:
        """latency: from exposure until the picture is told, s, drawn for each; more where drawing takes longer."""
        self._camera, self._rng, self._latency = camera, rng, latency
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        seed = int(rng.integers(2**31))
        self._process = context.Process(target=_work, args=(other, noise or DepthNoise(), seed), daemon=True)
        self._process.start()
        other.close()
        self._model: Any = None
        self._done: deque[Photo] = deque()
        self._valid_from = 0
        self.busy = False
        """Whether a picture is being taken; no second one may be begun meanwhile."""

    def expose(self, stamp: int, model: Any, qpos: NDArray[np.float64]) -> None:
        """Take a picture of a model as it is at joint positions qpos, at a stamp, ns."""
        self.busy = True
        with contextlib.suppress(BrokenPipeError):  # ``ready`` says what became of the process
            if model is not self._model:
                self._pipe.send(model)
                self._model = model
            self._pipe.send((stamp, qpos))

    def ready(self, now: int) -> list[Photo]:
        """Pictures that are due by a moment, ns; each is given out once.

        Raises:
            RuntimeError: the camera cannot draw; says why.
        """
        while self._pipe.poll():
            self._take()
        due = []
        while self._done and self._done[0].due <= now:
            due.append(self._done.popleft())
        return [photo for photo in due if photo.stamp >= self._valid_from]

    def forget(self, stamp: int) -> None:
        """Pictures exposed before a stamp, ns, show another scene."""
        self._valid_from = stamp

    def close(self) -> None:
        """End the process, and its OpenGL with it."""
        self._pipe.close()
        self._process.join(timeout=5.0)

    def _take(self) -> None:
        try:
            answer = self._pipe.recv()
        except (EOFError, ConnectionError) as error:
            raise RuntimeError("the camera's process has ended; see the lines above") from error
        if isinstance(answer, str):
            raise RuntimeError(answer)
        stamp, colours, depth = answer
        late = round(1e9 * self._rng.uniform(*self._latency))
        self._done.append(Photo(stamp, stamp + late, RgbdFrame(colours, depth, self._camera)))
        self.busy = False


def _work(pipe: Connection, noise: DepthNoise, seed: int) -> None:
    """The camera's process: models and moments in, pictures out, until the other end is closed."""
    from sim_bridges.cell.eye import Eye

    with contextlib.suppress(OSError):
        os.setsid()  # a share of the machine of its own, and no part in Ctrl-C
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    eye, rng, model = Eye(), np.random.default_rng(seed), None
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            order = pipe.recv()
            if not isinstance(order, tuple):
                model = order
                continue
            try:
                colours, depth = eye.look(model, order[1])
            except RuntimeError as error:
                pipe.send(str(error))
                return
            pipe.send((order[0], np.ascontiguousarray(colours), noise.measured(depth, rng)))
    eye.close()

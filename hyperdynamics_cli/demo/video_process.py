"""A process that films finished goals while the next ones are pushed."""

from __future__ import annotations

import multiprocessing
import os
import signal
from multiprocessing.connection import Connection
from pathlib import Path

from hyperdynamics_cli.demo.recording import Recording
from hyperdynamics_cli.drawing.frame import Banner

_NICENESS = 5


class VideoProcess:
    """Takes recordings and writes one video of them all."""

    def __init__(self, path: Path, goals: int, tolerance: float) -> None:
        """Start the process; the file appears when ``finish`` returns."""
        context = multiprocessing.get_context("spawn")
        receiver, self._sender = context.Pipe(duplex=False)
        self.path = path
        self._process = context.Process(target=_film, args=(receiver, path, goals, tolerance), daemon=True)
        self._process.start()
        receiver.close()  # ours; with it open the process would not notice our end

    def add(self, recording: Recording, banner: Banner) -> None:
        """Hand a finished goal over; a process that has died is noticed in ``finish``."""
        try:
            self._sender.send((recording, banner))
        except (BrokenPipeError, OSError):
            return

    def finish(self) -> bool:
        """Wait for the last frame; whether the video is there."""
        self._sender.close()
        self._process.join()
        return self._process.exitcode == 0 and self.path.exists()

    def stop(self) -> None:
        """End without the rest of the video."""
        self._sender.close()
        self._process.kill()
        self._process.join()


def _film(receiver: Connection, path: Path, goals: int, tolerance: float) -> None:
    """Body of the process: ends with the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    os.nice(_NICENESS)
    from hyperdynamics_cli.demo.film import FRAME_RATE, Film
    from hyperdynamics_cli.drawing.video import VideoWriter

    film = Film(tolerance)
    with VideoWriter(path, FRAME_RATE) as writer:
        while True:
            try:
                recording, banner = receiver.recv()
            except EOFError:
                break
            for frame in film.frames(recording, goals, banner):
                writer.add(frame)
    film.close()

"""Frames to an MP4 file (H.264), by the ffmpeg that imageio-ffmpeg brings along."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from types import TracebackType

import imageio_ffmpeg
import numpy as np

from hyperdynamics_cli.drawing.records import Image

_QUALITY = ["-crf", "22", "-preset", "veryfast", "-threads", "1", "-movflags", "+faststart"]


class VideoWriter:
    """Writes frames under a temporary name and renames at the end: a file that is there is whole."""

    def __init__(self, path: Path, frame_rate: float) -> None:
        """Start with the first frame; nothing is written before it."""
        self.path = path
        self.frame_rate = frame_rate
        self.frames = 0
        self._part = path.with_name(f"{path.stem}.part{path.suffix}")
        self._size: tuple[int, int] | None = None
        self._writer: Generator[None, bytes, None] | None = None

    def add(self, frame: Image) -> None:
        """Append a frame [H, W, 3], H and W even.

        Raises:
            ValueError: another size than the first one's, or odd.
        """
        size = (frame.shape[1], frame.shape[0])
        if self._writer is None:
            self._start(size)
        if size != self._size:
            raise ValueError(f"frame of {size[0]} x {size[1]} pixels in a video of {self._size}; all must be equal")
        assert self._writer is not None
        self._writer.send(np.ascontiguousarray(frame).tobytes())
        self.frames += 1

    def _start(self, size: tuple[int, int]) -> None:
        if size[0] % 2 or size[1] % 2:
            raise ValueError(f"frame of {size[0]} x {size[1]} pixels; H.264 needs even sides")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._size = size
        self._writer = imageio_ffmpeg.write_frames(
            str(self._part), size, fps=self.frame_rate, codec="libx264", quality=None, output_params=_QUALITY
        )
        self._writer.send(None)  # type: ignore[arg-type]  # the generator's first step takes nothing

    def close(self) -> None:
        """Finish the file; nothing happens when no frame was added."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
            self._part.replace(self.path)

    def __enter__(self) -> VideoWriter:
        """Nothing to open before the first frame."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the file; one that broke off is thrown away."""
        if kind is None:
            self.close()
        elif self._writer is not None:
            self._writer.close()
            self._writer = None
            self._part.unlink(missing_ok=True)

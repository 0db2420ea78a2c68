"""Videos that can be played."""

from __future__ import annotations

from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from hyperdynamics_cli.drawing.video import VideoWriter


def test_written_and_read(tmp_path: Path) -> None:
    file = tmp_path / "new" / "a.mp4"
    with VideoWriter(file, 10.0) as writer:
        for value in range(0, 200, 10):
            writer.add(np.full((72, 128, 3), value, np.uint8))
        assert not file.exists()
    frames, seconds = imageio_ffmpeg.count_frames_and_secs(str(file))
    assert frames == writer.frames == 20 and seconds == pytest.approx(2.0, abs=0.11)
    assert [path.name for path in file.parent.iterdir()] == ["a.mp4"]


def test_wrong_frames(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="even sides"):
        VideoWriter(tmp_path / "a.mp4", 10.0).add(np.zeros((71, 128, 3), np.uint8))
    with VideoWriter(tmp_path / "b.mp4", 10.0) as writer:
        writer.add(np.zeros((72, 128, 3), np.uint8))
        with pytest.raises(ValueError, match="all must be equal"):
            writer.add(np.zeros((72, 130, 3), np.uint8))


def test_nothing_without_a_frame(tmp_path: Path) -> None:
    VideoWriter(tmp_path / "a.mp4", 10.0).close()
    assert list(tmp_path.iterdir()) == []


def test_a_video_that_breaks_off_is_thrown_away(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), VideoWriter(tmp_path / "a.mp4", 10.0) as writer:
        writer.add(np.zeros((72, 128, 3), np.uint8))
        raise RuntimeError("no OpenGL")
    assert list(tmp_path.iterdir()) == []

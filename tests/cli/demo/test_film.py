"""From recording to video, in the same process and in its own."""

from __future__ import annotations

from pathlib import Path

import imageio_ffmpeg
import numpy as np

from hyperdynamics_cli.demo.film import END_FRAMES, Film, final_picture, subtitle_of
from hyperdynamics_cli.demo.video_process import VideoProcess
from hyperdynamics_cli.drawing import palette
from hyperdynamics_cli.drawing.frame import HEIGHT, WIDTH, Banner
from tests.cli.demo.runs import recorded

BANNER = Banner("reached: 1.0 cm from the goal after 1 push", True)


def test_frames() -> None:
    recording = recorded(1, obstacles=True)
    film = Film(0.04)
    frames = list(film.frames(recording, 5, BANNER))
    film.close()
    assert END_FRAMES < len(frames) <= END_FRAMES + 4
    assert all(frame.shape == (HEIGHT, WIDTH, 3) for frame in frames)
    assert (np.abs(frames[-1].astype(int) - palette.GOAL).max(-1) < 5).sum() > 20_000
    assert np.abs(frames[0].astype(int) - frames[-1]).mean() > 0.5
    assert subtitle_of(recording).startswith("never seen in training")


def test_final_picture() -> None:
    recording = recorded(1)
    picture = final_picture(recording, recording.states[0], 200)
    assert picture.shape == (200, 200, 3) and picture.std() > 10


def test_process_writes_a_video_and_ends(tmp_path: Path) -> None:
    video = VideoProcess(tmp_path / "demo.mp4", 1, 0.04)
    video.add(recorded(1), BANNER)
    assert video.finish()
    frames, _ = imageio_ffmpeg.count_frames_and_secs(str(video.path))
    assert frames > END_FRAMES


def test_nothing_is_left_of_a_video_that_is_stopped(tmp_path: Path) -> None:
    video = VideoProcess(tmp_path / "demo.mp4", 1, 0.04)
    video.stop()
    assert not video.path.exists()

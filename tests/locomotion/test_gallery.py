"""Strips and films."""

from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from sim_bridges.locomotion.gallery import Options, draw


def test_a_strip_and_a_film_are_written(tmp_path: Path) -> None:
    options = Options("ant-pier", agent="random", steps=8, panels=2, width=96, height=64, film=True, out=tmp_path)
    strip, film = draw(options)
    picture = np.array(Image.open(strip))
    assert picture.shape == (64, 192, 3) and np.abs(picture[:, :96].astype(int) - picture[:, 96:]).max() > 20
    assert imageio_ffmpeg.count_frames_and_secs(str(film))[0] == 4


def test_an_unknown_agent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unknown agent 'genius'; choose one of random, zero, simulator"):
        draw(Options("ant-pier", agent="genius", out=tmp_path))

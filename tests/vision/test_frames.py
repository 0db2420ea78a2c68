import dataclasses

import numpy as np
import pytest

from hyperdynamics_core.vision.frames import FrameError, check_frame
from tests.vision.scenes import see, standing


@pytest.fixture(scope="module")
def frame():
    return see([standing("mug/01", 0.0, 0.0, 0.0)])


def with_depth(frame, value, where=(3, 4)):
    depth = frame.depth.copy()
    depth[where] = value
    return dataclasses.replace(frame, depth=depth)


def test_a_rendered_frame_passes(frame):
    check_frame(frame)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: dataclasses.replace(f, rgb=f.rgb[:, :64]), r"colour image is uint8 \(128, 64, 3\)"),
        (lambda f: dataclasses.replace(f, rgb=f.rgb.astype(np.float32)), "colour image is float32"),
        (lambda f: dataclasses.replace(f, depth=f.depth[:64]), r"depth image is float32 \(64, 128\)"),
        (lambda f: dataclasses.replace(f, depth=(f.depth * 1000).astype(np.uint16)), "depth image is uint16"),
        (lambda f: with_depth(f, np.nan), "1 pixels that are NaN or infinite"),
        (lambda f: with_depth(f, np.inf), "NaN or infinite"),
        (lambda f: with_depth(f, -0.5), "negative value -0.500"),
        (lambda f: dataclasses.replace(f, depth=np.zeros_like(f.depth)), "depth is 0 everywhere"),
    ],
)
def test_bad_frames_are_refused_with_the_reason(frame, change, message):
    with pytest.raises(FrameError, match=message):
        check_frame(change(frame))

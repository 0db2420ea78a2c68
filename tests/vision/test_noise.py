import numpy as np
import pytest

from hyperdynamics_core.vision.frames import check_frame
from hyperdynamics_core.vision.noise import DepthNoise, noisy
from tests.vision.scenes import see, standing


def test_noise_has_the_stated_size_and_frames_stay_valid():
    frame = see([standing("mug/01", 0.0, 0.0, 0.0)])
    seen = noisy(frame, DepthNoise(0.002, 0.05, 0.0), np.random.default_rng(0))
    check_frame(seen)
    measured = seen.depth > 0
    assert 1 - measured.mean() == pytest.approx(0.05, abs=0.01)
    error = ((seen.depth - frame.depth) / frame.depth**2)[measured]
    assert error.std() == pytest.approx(0.002, rel=0.05) and abs(error.mean()) < 1e-4


def test_rounding_and_no_noise():
    frame = see([])
    rounded = noisy(frame, DepthNoise(0.0, 0.0, 0.01), np.random.default_rng(0)).depth
    np.testing.assert_allclose(rounded, np.rint(frame.depth / 0.01) * 0.01, atol=1e-6)
    np.testing.assert_array_equal(noisy(frame, DepthNoise(0, 0, 0), np.random.default_rng(0)).depth, frame.depth)


def test_impossible_noise_is_refused():
    with pytest.raises(ValueError, match="dropout in"):
        DepthNoise(dropout=1.0)

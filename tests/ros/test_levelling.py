"""What a tracker says of an object that stands: yaw and place are kept, leaning and rising are noise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from hyperdynamics_ros.levelling import HEIGHTS, Leveller


def state(height=0.03, yaw=0.7, lean=0.0):
    made = np.arange(16, dtype=np.float64)
    made[2] = height
    made[3:7] = Rotation.from_euler("zyx", (yaw, lean, 0.5 * lean)).as_quat()
    return made


def test_it_stands_upright_with_its_yaw_and_does_not_rise_or_roll():
    given = state(yaw=2.5, lean=0.05)
    before = given.copy()
    level = Leveller()(given)
    np.testing.assert_allclose(Rotation.from_quat(level[3:7]).as_euler("zyx"), (2.5, 0.0, 0.0), atol=2e-3)
    assert level[9:12].tolist() == [0.0, 0.0, 0.0]
    kept = [0, 1, 7, 8, 12, 13, 14, 15]
    np.testing.assert_array_equal(level[kept], given[kept])
    np.testing.assert_array_equal(given, before, "the tracker's own state is left alone")


def test_its_height_is_the_median_of_late():
    level = Leveller()
    heights = [0.030, 0.032, 0.028, 0.090, 0.031]
    assert [level(state(each))[2] for each in heights][-1] == pytest.approx(0.031)
    for _ in range(HEIGHTS):
        level(state(0.05))
    assert level(state(0.02))[2] == 0.05, "older heights do not count any more"


def test_another_object_has_another_height():
    level = Leveller()
    for _ in range(10):
        level(state(0.03))
    level.clear()
    assert level(state(0.06))[2] == 0.06


def test_a_toppled_object_is_told_as_it_is_and_its_height_is_not_kept():
    level = Leveller()
    level(state(0.03))
    for _ in range(3):
        toppled = state(0.08, lean=1.2)
        np.testing.assert_array_equal(level(toppled), toppled)
    assert level(state(0.03))[2] == 0.03


@pytest.mark.parametrize("yaw", [-3.1, -1.0, 0.0, 1.6, 3.1])
def test_every_yaw_is_kept(yaw):
    level = Leveller()(state(yaw=yaw))
    assert Rotation.from_quat(level[3:7]).as_euler("zyx")[0] == pytest.approx(yaw)

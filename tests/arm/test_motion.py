"""Trajectories of displacements: straight, soft, within every limit."""

from __future__ import annotations

import numpy as np
import pytest

from hyperdynamics_ros.arm.motion import MotionLimits, staying, straight
from hyperdynamics_ros.checks import MessageRefused
from tests.arm.kuka import DOWN, kuka, ready

PUSH = np.array((0.05, 0.02, 0.0))


def test_the_tip_goes_straight_and_softly() -> None:
    arm = kuka()
    start = ready(arm)
    motion = straight(arm, start, DOWN, PUSH, MotionLimits())
    tips = np.array([arm.tip(joints)[0] for joints in motion.positions])
    origin, _ = arm.tip(start)
    along = (tips - origin) @ PUSH / np.linalg.norm(PUSH)
    off = np.linalg.norm(tips - origin - np.outer(along, PUSH) / np.linalg.norm(PUSH), axis=1)
    assert off.max() < 1e-3 and np.linalg.norm(tips[-1] - origin - PUSH) < 1e-3
    assert (np.diff(along) > -1e-4).all() and along[0] < 0.05 * along[-1] and along[-2] > 0.95 * along[-1]
    assert motion.times[-1] == pytest.approx(0.6) and not motion.speeds[-1].any()
    middle = np.gradient(motion.positions, motion.times, axis=0)[1:-1]
    np.testing.assert_allclose(motion.speeds[1:-1], middle, atol=1e-6)


def test_staying_is_a_point_without_speed() -> None:
    motion = staying(np.arange(7.0), np.full(7, -9.0), np.full(7, 9.0))
    assert motion.positions.tolist() == [list(range(7))] and not motion.speeds.any() and motion.times[0] <= 0.1


def test_a_stop_keeps_the_limits_that_a_joint_is_measured_beyond_by_a_hair() -> None:
    motion = staying(np.array((0.5, -1.001, 1.001, 1.3)), np.full(4, -1.0), np.full(4, 1.0))
    assert motion.positions.tolist() == [[0.5, -1.0, 1.0, 1.3]], "from far beyond it would be a jump"


@pytest.mark.parametrize(
    ("displacement", "changes", "words"),
    [
        ((0.2, 0.0, 0.0), {}, "length of the displacement is 0.2000 m"),
        ((0.05, 0.0, 0.0), {"half": 0.03}, r"must keep \|x\|, \|y\| <= 0.03 m"),
        ((0.0, 0.0, -0.03), {}, "a height of -0.005"),
        ((0.05, 0.0, 0.0), {"seconds": 0.02}, "of its greatest: must be at most 0.5"),
        ((0.4, 0.0, 0.0), {"longest": 1.0, "half": 2.0}, "cannot be reached"),
    ],
)
def test_limits_are_kept(displacement: tuple[float, ...], changes: dict[str, float], words: str) -> None:
    arm = kuka()
    limits = MotionLimits(**changes)  # type: ignore[arg-type]
    with pytest.raises(MessageRefused, match=words):
        straight(arm, ready(arm), DOWN, np.array(displacement), limits)

"""Reach and kinematics of the arm."""

import numpy as np
import pytest

from sim_bridges.pushing.arm import Arm
from sim_bridges.pushing.bullet import connect
from sim_bridges.pushing.physics import GANTRY, KUKA

GRID = [np.array([x, y]) for x in np.linspace(-0.3, 0.3, 7) for y in np.linspace(-0.3, 0.3, 7)]


@pytest.fixture(scope="module")
def arm() -> Arm:
    return Arm(connect(gui=False), KUKA)


def test_our_kinematics_agree_with_the_simulator(arm: Arm) -> None:
    for place in ((0.0, 0.0, 0.012), (0.25, -0.25, 0.13), (-0.15, 0.2, 0.05)):
        arm.place(np.array(place))
        assert np.linalg.norm(arm.tip() - place) < 5e-4


def test_all_that_is_called_reachable_is_reached_upright_and_lifted(arm: Arm) -> None:
    reachable = [place for place in GRID if KUKA.reachable(place)]
    assert len(reachable) >= 46
    for place in reachable:
        low = arm.solve(np.array([*place, KUKA.tip_height]))
        high = arm.solve(np.array([*place, KUKA.tip_height + 0.12]))
        assert low.error < 5e-4 and np.degrees(low.tilt) < 15
        assert high.error < 5e-4


def test_joint_limits_hold(arm: Arm) -> None:
    limits = np.array([arm.client.getJointInfo(arm.body, joint)[8:10] for joint in arm.joints])
    for place in GRID:
        joints = arm.solve(np.array([*place, 0.012])).joints
        assert np.all(joints >= limits[:, 0]) and np.all(joints <= limits[:, 1])


def test_only_the_rod_collides(arm: Arm) -> None:
    shapes = {link: len(arm.client.getCollisionShapeData(arm.body, link)) for link in range(-1, arm.tip_link + 1)}
    assert [link for link, count in shapes.items() if count] == [arm.rod]


def test_a_place_out_of_reach_is_refused(arm: Arm) -> None:
    with pytest.raises(ValueError, match="cannot reach"):
        arm.place(np.array([0.8, 0.0, 0.012]))


def test_the_gantry_goes_anywhere() -> None:
    gantry = Arm(connect(gui=False), GANTRY)
    gantry.place(np.array([0.3, -0.3, 0.1]))
    assert np.allclose(gantry.tip(), [0.3, -0.3, 0.1])

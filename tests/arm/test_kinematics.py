"""Kinematics from a URDF: against PyBullet's, and there and back."""

from __future__ import annotations

import numpy as np
import pybullet
import pytest
from pybullet_utils.bullet_client import BulletClient

from hyperdynamics_ros.arm.kinematics import ArmKinematics
from hyperdynamics_ros.arm.urdf import read_chain
from sim_bridges.pushing.arm import Arm
from sim_bridges.pushing.physics import KUKA
from tests.arm.kuka import DOWN, REST, URDF, kuka, ready


def test_the_tip_is_where_another_library_has_it() -> None:
    client = BulletClient(pybullet.DIRECT)
    other, arm, rng = Arm(client, KUKA), kuka(), np.random.default_rng(0)
    for _ in range(10):
        joints = rng.uniform(arm.chain.lower, arm.chain.upper)
        for joint, value in enumerate(joints):
            client.resetJointState(other.body, joint, value)
        position, axis = arm.tip(joints)
        np.testing.assert_allclose(position, other.tip(), atol=1e-5)
        turned = np.reshape(
            client.getMatrixFromQuaternion(client.getLinkState(other.body, other.tip_link, False, True)[5]), (3, 3)
        )
        np.testing.assert_allclose(axis, turned[:, 2], atol=1e-5)
        np.testing.assert_allclose(arm.pose(joints)[1], turned, atol=1e-5)
    client.disconnect()


def test_solutions_reach_the_table_and_keep_the_limits() -> None:
    arm = kuka()
    for x in (-0.1, 0.1):
        for y in (-0.2, 0.0, 0.2):
            joints = ready(arm, x, y)
            position, axis = arm.tip(joints)
            np.testing.assert_allclose(position, (x, y, 0.012), atol=5e-4)
            assert axis @ DOWN > 0.999 and (joints >= arm.chain.lower).all() and (joints <= arm.chain.upper).all()


def test_what_is_out_of_reach_is_told_by_how_much() -> None:
    joints, missed, _ = kuka().solve(np.array((0.9, 0.0, 0.0)), DOWN, REST)
    assert missed > 0.1 and np.isfinite(joints).all()


def test_the_base_may_stand_anywhere() -> None:
    here, there = kuka(), ArmKinematics(URDF, "tip", (0.0, 1.0, 0.0), np.pi / 2)
    position, axis = here.tip(REST)
    forward = position - np.array(KUKA.base_position)
    other, turned = there.tip(REST)
    np.testing.assert_allclose(other, (-forward[1], 1.0 + forward[0], forward[2]), atol=1e-9)
    np.testing.assert_allclose(turned, (-axis[1], axis[0], axis[2]), atol=1e-9)
    joints, missed, _ = there.solve(other + np.array((0.0, 0.05, 0.0)), turned, REST)
    assert missed < 1e-3 and not np.allclose(joints, REST)


def test_the_chain_is_read_from_the_file() -> None:
    chain = read_chain(URDF, "tip")
    assert len(chain.names) == 7 and chain.names[0] == "lbr_iiwa_joint_1"
    assert (chain.lower < 0).all() and (chain.upper > 0).all() and (chain.speed == 10.0).all()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<robot>", "is no XML"),
        ("<sdf/>", "is <sdf>, not <robot>"),
        ("<robot name='r'><link name='a'/></robot>", "no moving joint leads to the link 'tip'; the URDF has a"),
        (URDF.replace('velocity="10"', 'velocity="0"'), "'lbr_iiwa_joint_7' has no speed limit|has no speed limit"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_chain(text, "tip")

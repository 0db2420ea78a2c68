"""The cell's physics, with the real simulator."""

from __future__ import annotations

import numpy as np
import pytest

from hyperdynamics_ros.arm.kinematics import ArmKinematics
from sim_bridges.cell.eye import cell_camera
from sim_bridges.cell.spec import Thing
from sim_bridges.cell.start import cell_urdf, start_joints
from sim_bridges.cell.trajectory import Trajectory
from sim_bridges.cell.views import BASE
from sim_bridges.cell.world import CellWorld
from sim_bridges.pushing.objects import load_object

DOWN = np.array((0.0, 0.0, -1.0))
ARM = ArmKinematics(cell_urdf(), "tip", BASE)


def world(name="mit/hex", thing=None):
    made = CellWorld(cell_urdf(), BASE, ARM.chain.names, cell_camera())
    made.reset(load_object(name), thing or Thing(0.6, 0.3), (0.0, 0.0, 0.3), start_joints(ARM, (-0.09, 0.0)))
    return made


def push(cell, way, seconds=0.6):
    target, missed, _ = ARM.solve(ARM.tip(cell.joints)[0] + way, DOWN, cell.joints)
    assert missed < 1e-3
    cell.follow(np.array((seconds,)), target[None], np.zeros((1, 7)))
    cell.advance(seconds + 0.2)
    return target


def test_the_arm_follows_a_trajectory_and_holds_at_its_end():
    cell = world()
    target = push(cell, np.array((-0.04, 0.02, 0.0)))
    np.testing.assert_allclose(cell.joints, target, atol=2e-3)
    cell.advance(1.0)
    np.testing.assert_allclose(ARM.tip(cell.joints)[0], (-0.13, 0.02, 0.012), atol=1.5e-3)
    assert np.abs(cell.joint_speeds).max() < 1e-2


@pytest.mark.parametrize("name", ["mit/hex", "mug/04", "bowl/05", "camera/05", "bed/05"])
def test_a_pushed_object_moves_with_the_rod_and_stops_with_it(name):
    cell = world(name)
    before = cell.object_pose[0]
    cell.advance(1.0)
    np.testing.assert_allclose(cell.object_pose[0], before, atol=3e-4)
    push(cell, np.array((0.09, 0.0, 0.0)))
    moved, rotation = cell.object_pose
    assert 0.01 < moved[0] - before[0] < 0.09 and rotation[2, 2] > 0.999
    cell.advance(1.0)
    np.testing.assert_allclose(cell.object_pose[0], moved, atol=1e-3)


def test_a_new_trajectory_begins_where_the_last_one_is():
    first = Trajectory.staying(np.zeros(1)).after(np.array((1.0,)), np.ones((1, 1)), np.zeros((1, 1)), 0.0)
    second = first.after(np.array((1.0,)), np.zeros((1, 1)), np.zeros((1, 1)), 0.5)
    for made, moment in ((first, 0.5), (second, 0.0)):
        place, speed = made.sample(moment)
        np.testing.assert_allclose((place[0], speed[0]), (0.5, 1.5))
    assert second.sample(9.0)[0][0] == 0.0 and second.sample(9.0)[1][0] == 0.0

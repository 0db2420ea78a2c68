import numpy as np
import pybullet
import pytest
from pybullet_utils.bullet_client import BulletClient

from sim_bridges.pushing.arm import KUKA_REST, Arm
from sim_bridges.pushing.objects import load_object
from sim_bridges.pushing.physics import KUKA
from sim_bridges.pushing.rendering import Body, yaw_quaternion
from sim_bridges.pushing.spectator import Spectator, link_frames, spectator_camera


def test_links_stand_where_the_simulator_has_them():
    client = BulletClient(pybullet.DIRECT)
    arm = Arm(client, KUKA)
    arm.place(np.array([-0.05, 0.1, 0.012]))
    frames = link_frames(arm.angles())
    for link in range(7):
        state = client.getLinkState(arm.body, link, computeForwardKinematics=True)
        np.testing.assert_allclose(frames[link + 1][:3, 3], state[4], atol=1e-5)
        turn = np.reshape(client.getMatrixFromQuaternion(state[5]), (3, 3))
        np.testing.assert_allclose(frames[link + 1][:3, :3], turn, atol=1e-5)
    client.disconnect()


def test_picture_shows_objects_and_arm():
    item = load_object("mug/01")
    body = Body(item, np.array([0.05, 0.0, item.rest_height]), yaw_quaternion(0.5), (0.1, 0.9, 0.1))
    spectator = Spectator(spectator_camera(240, 180), supersampling=1)
    alone = spectator.render([body], None)
    with_arm = spectator.render([body], np.array(KUKA_REST))
    assert alone.shape == (180, 240, 3) and alone.dtype == np.uint8
    green = (alone[..., 1] > 1.5 * alone[..., 0].astype(float) + 20).sum()
    orange = ((with_arm[..., 0] > 150) & (with_arm[..., 2] < 90)).sum()
    assert green > 100 and orange > 1000
    assert (spectator.render([body], None, np.array([-0.1, 0.0, 0.012])) != alone).any()


def test_bad_joint_positions_are_refused():
    with pytest.raises(ValueError, match="7 finite numbers"):
        link_frames(np.zeros(6))

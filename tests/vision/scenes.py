"""Frames of known scenes for the tests of this folder."""

import numpy as np

from sim_bridges.pushing.cameras import paper_camera
from sim_bridges.pushing.objects import load_object
from sim_bridges.pushing.rendering import Body, Renderer, yaw_quaternion

ROD_AWAY = np.array([-0.2, 0.2, 0.012])


def standing(name, x, y, yaw):
    """An object on the table."""
    item = load_object(name)
    return Body(item, np.array([x, y, item.rest_height]), yaw_quaternion(yaw), item.colour)


def see(bodies, view=4, end_effector=ROD_AWAY):
    """One frame."""
    return Renderer().render(bodies, end_effector, paper_camera(view)).frame

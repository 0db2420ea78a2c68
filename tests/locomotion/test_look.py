"""Colours tell what is hidden to whoever watches, and nothing else changes."""

import numpy as np

from sim_bridges.locomotion.look import deck
from sim_bridges.locomotion.robots import robot_spec


def test_slippery_blocks_are_bluer_and_colours_are_valid() -> None:
    ice, wood = deck(0.2, 1), deck(1.0, 1)
    assert ice[2] - ice[0] > 0.1 > wood[2] - wood[0]
    assert deck(5.0, 1) == wood and deck(0.0, 1) == ice
    assert all(0.0 <= part <= 1.0 for index in (0, 1) for factor in (0.0, 0.7, 5.0) for part in deck(factor, index))


def test_the_crippled_limb_alone_is_red() -> None:
    strengths = np.ones(8)
    strengths[3] = 0.0
    model = robot_spec("ant", strengths).compile()
    red = [
        model.geom(index).name for index in range(model.ngeom) if np.allclose(model.geom_rgba[index, :2], (0.8, 0.1))
    ]
    assert red == ["right_ankle_geom"]

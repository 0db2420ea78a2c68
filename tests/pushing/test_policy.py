"""Random pushes: 3-6 cm, four out of five towards the object's box."""

import numpy as np

from sim_bridges.pushing.objects import load_object
from sim_bridges.pushing.policy import point_in_box, random_push


def state_at(yaw: float) -> np.ndarray:
    return np.array([0.1, 0.0, 0.02, 0, 0, np.sin(yaw / 2), np.cos(yaw / 2), *[0.0] * 6, 0.0, 0.0, 0.012])


def test_length_height_and_share_of_pushes_at_the_object() -> None:
    rng, item = np.random.default_rng(0), load_object("mit/rect1")
    pushes = np.array([random_push(rng, state_at(0.0), item) for _ in range(2000)])
    length = np.linalg.norm(pushes, axis=1)
    assert length.min() >= 0.03 and length.max() <= 0.06
    assert np.all(pushes[:, 2] == 0)
    widest = np.arctan2(0.045, 0.055)
    towards = np.abs(np.arctan2(pushes[:, 1], pushes[:, 0])) <= widest
    assert abs(towards.mean() - (0.8 + 0.2 * widest / np.pi)) < 0.03


def test_the_box_turns_with_the_object() -> None:
    rng, item = np.random.default_rng(0), load_object("mit/rect3")
    points = np.array([point_in_box(rng, state_at(np.pi / 2), item) for _ in range(500)])
    assert np.allclose(np.ptp(points, axis=0), [0.08, 0.12], atol=0.004)

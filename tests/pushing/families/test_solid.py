"""Building blocks of shapes."""

import numpy as np
import pytest
import trimesh
from manifold3d import Manifold

from sim_bridges.pushing.families.solid import block, corners, rod_between, solid_from, turned


def volume(manifold: Manifold) -> float:
    solid = solid_from(manifold, ())
    return float(trimesh.Trimesh(solid.vertices, solid.faces, process=False).volume)


def test_blocks_have_their_size_and_place() -> None:
    points = corners(block((0.1, 0.06, 0.04), (0.01, 0.0, 0.02), 0.005))
    assert np.allclose(points.min(axis=0), [-0.04, -0.03, 0.0], atol=1e-6)
    assert np.allclose(points.max(axis=0), [0.06, 0.03, 0.04], atol=1e-6)


def test_a_turned_outline_is_a_cylinder() -> None:
    cylinder = turned(np.array([[0, 0], [0.05, 0], [0.05, 0.1], [0, 0.1]]))
    assert volume(cylinder) == pytest.approx(np.pi * 0.05**2 * 0.1, rel=0.01)


def test_a_rod_reaches_from_start_to_end() -> None:
    points = corners(rod_between(np.zeros(3), np.array([0.0, -0.08, 0.0]), 0.01))
    assert np.allclose([points[:, 1].min(), points[:, 1].max()], [-0.08, 0.0], atol=1e-6)
    assert np.abs(points[:, 0]).max() == pytest.approx(0.01, rel=0.02)


def test_nothing_is_no_solid() -> None:
    with pytest.raises(ValueError, match="not a closed volume"):
        solid_from(Manifold(), ())

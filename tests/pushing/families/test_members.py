"""Mugs, bowls, cameras and beds: five of each, all different, with the parts that make them what they are."""

from types import ModuleType

import numpy as np
import pytest
import trimesh

from sim_bridges.pushing.families import bed, bowl, camera, mug


@pytest.mark.parametrize("family", [bed, bowl, camera, mug])
def test_five_different_members_standing_on_the_table(family: ModuleType) -> None:
    solids = [family.build(member) for member in family.MEMBERS]
    assert len(solids) == 5
    assert len({solid.vertices.tobytes() for solid in solids}) == 5
    for solid in solids:
        assert trimesh.Trimesh(solid.vertices, solid.faces, process=False).is_volume
        assert abs(solid.vertices[:, 2].min()) < 1e-6


@pytest.mark.parametrize("family", [mug, bowl])
def test_vessels_are_hollow(family: ModuleType) -> None:
    for member in family.MEMBERS:
        solid = family.build(member)
        mesh = trimesh.Trimesh(solid.vertices, solid.faces, process=False)
        assert mesh.volume < 0.5 * mesh.convex_hull.volume


def test_handles_stand_out_by_their_reach() -> None:
    for member in mug.MEMBERS:
        x = mug.build(member).vertices[:, 0]
        radius = max(member.base_radius, member.rim_radius)
        assert -x.min() == pytest.approx(radius, abs=1e-3)
        assert (x.max() > radius + 0.015) == (member.handle_reach > 0)


def test_lenses_and_headboards_stand_out() -> None:
    for member in camera.MEMBERS:
        assert camera.build(member).vertices[:, 1].min() <= -member.depth / 2 - member.lens_length + 1e-6
    for frame in bed.MEMBERS:
        tall = bed.build(frame).vertices[:, 2].max()
        assert tall == pytest.approx(frame.leg + frame.frame + frame.headboard, abs=1e-3)


@pytest.mark.parametrize("family", [bed, bowl, camera, mug])
def test_samples_are_buildable(family: ModuleType) -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        family.build(family.sample(rng))

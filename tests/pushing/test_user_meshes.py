"""A user's own meshes, ready to push."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh

from sim_bridges.pushing.objects import load_object
from sim_bridges.pushing.physics import GANTRY
from sim_bridges.pushing.scene import SceneSpec
from sim_bridges.pushing.user_meshes import expand_names, load_folder, load_mesh, mesh_files
from sim_bridges.pushing.variation import SystemSpec
from sim_bridges.pushing.world import PushWorld


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def angle_piece() -> trimesh.Trimesh:
    """An L of two 0.4 m arms."""
    arm = trimesh.creation.box((0.4, 0.1, 0.1))
    other = trimesh.creation.box((0.1, 0.4, 0.1))
    other.apply_translation((-0.15, 0.15, 0.0))
    return trimesh.boolean.union([arm, other])


def test_shapenets_layout_is_scaled_and_set_upright(tmp_path: Path) -> None:
    model = tmp_path / "shapes" / "0" / "models" / "model_normalized.obj"
    model.parent.mkdir(parents=True)
    trimesh.creation.box((2.0, 0.8, 1.0)).export(model)
    (model.parent / "other.stl").write_bytes(b"not looked at")
    [item] = load_folder(tmp_path / "shapes")
    assert np.allclose(2 * item.half_extents, [0.12, 0.06, 0.048], atol=1e-4)
    assert item.name == f"folder:{model}"


def test_a_concave_mesh_is_cut_cached_and_pushed(tmp_path: Path) -> None:
    angle_piece().export(tmp_path / "angle.stl")
    item = load_mesh(tmp_path / "angle.stl")
    assert len(item.parts) >= 2
    assert sum(trimesh.convex.convex_hull(part).volume for part in item.parts) < 1.1 * item.mesh.volume
    [cached] = (tmp_path / "cache" / "hyperdynamics" / "objects" / "user").glob("*.npz")
    assert np.allclose(load_mesh(tmp_path / "angle.stl").vertices, item.vertices) and cached.exists()
    world = PushWorld(GANTRY)
    world.reset(SceneSpec(SystemSpec(item.name, 500.0, 1e-3), 0.0, 0.0, 0.0, (-0.1, 0.0)))
    assert world.step(np.array([0.06, 0.0, 0.0])).object_moved_m > 0.005
    world.close()


def test_tall_meshes_end_at_nine_centimetres(tmp_path: Path) -> None:
    trimesh.creation.box((0.5, 0.4, 3.0)).export(tmp_path / "tower.obj")
    assert 2 * load_mesh(tmp_path / "tower.obj").half_extents[2] == pytest.approx(0.09)


def test_folders_stand_for_their_meshes(tmp_path: Path) -> None:
    for name in ("b.stl", "a.obj"):
        trimesh.creation.box((1, 1, 1)).export(tmp_path / name)
    assert [file.name for file in mesh_files(tmp_path)] == ["a.obj", "b.stl"]
    names = expand_names(("mug/01", f"folder:{tmp_path}"))
    assert names == ("mug/01", f"folder:{tmp_path}/a.obj", f"folder:{tmp_path}/b.stl")


def test_unusable_meshes_are_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no folder"):
        load_folder(tmp_path / "nothing")
    with pytest.raises(ValueError, match="no mesh in"):
        load_folder(tmp_path)
    with pytest.raises(ValueError, match="no mesh file"):
        load_mesh(tmp_path / "x.obj")
    (tmp_path / "bad.stl").write_bytes(b"not a mesh at all")
    with pytest.raises(ValueError, match="bad.stl"):
        load_folder(tmp_path)


def without(mesh: trimesh.Trimesh, faces: np.ndarray) -> trimesh.Trimesh:
    """The mesh with some of its faces [F] taken out."""
    mesh = mesh.copy()
    mesh.update_faces(~faces)
    return mesh


def test_open_meshes_are_filled_and_pushed(tmp_path: Path) -> None:
    box = trimesh.creation.box((1.0, 0.6, 0.5))
    without(box, box.face_normals[:, 2] > 0.9).export(tmp_path / "crate.stl")
    world = PushWorld(GANTRY)
    for item in load_folder(tmp_path):
        assert item.mesh.is_volume and np.isfinite(item.unit_inertia).all()
        world.reset(SceneSpec(SystemSpec(item.name, 500.0, 1e-3), 0.0, 0.0, 0.0, (-0.1, 0.0)))
        assert world.step(np.array([0.06, 0.0, 0.0])).object_moved_m > 0.005
    world.close()


@pytest.mark.parametrize(
    ("size", "words"),
    [((1.0, 0.6, 0.0), "mm high at this size, and must be 15 mm"), ((1.0, 0.0, 1.0), "narrower than 8 mm")],
)
def test_flat_meshes_are_refused_by_name_and_not_cached(tmp_path: Path, size: tuple[float, ...], words: str) -> None:
    mesh = trimesh.creation.box((1.0, 1.0, 1.0))
    mesh.vertices *= size
    mesh.export(tmp_path / "sheet.stl")
    for _ in range(2):
        with pytest.raises(ValueError, match=f"sheet.stl cannot be pushed: .*{words}.*take it out of its folder"):
            load_mesh(tmp_path / "sheet.stl")


def test_an_object_that_cannot_be_built_leaves_the_scene_as_it_was() -> None:
    world, mug = PushWorld(GANTRY), load_object("mug/05")
    scene = SceneSpec(SystemSpec("mug/05", 500.0, 1e-3), 0.0, 0.0, 0.0, (-0.1, 0.0))
    before = world.reset(scene)
    upright_sheet = mug.parts[0] * (1.0, 0.0, 1.0)
    with pytest.raises(ValueError, match=r"collision piece of .* 0.0, .* has no volume"):
        world.reset(scene, replace(mug, parts=(upright_sheet,)))
    assert np.array_equal(world.state(), before) and world.object is mug
    world.close()

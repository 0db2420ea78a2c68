"""Which goals a run sends."""

from __future__ import annotations

from pathlib import Path

import pytest
import trimesh

from hyperdynamics_cli.demo.goals import SHOWCASE, plan_goals
from hyperdynamics_cli.errors import UserError
from sim_bridges.pushing.objects import NOVEL, object_names


def test_the_demo_has_five_novel_objects_and_one_scene_with_obstacles() -> None:
    plans = plan_goals(5, (), "novel", "some", 0)
    assert [plan.object for plan in plans] == list(SHOWCASE) and set(SHOWCASE) <= set(NOVEL)
    assert sum(plan.obstacles for plan in plans) == 1


def test_many_goals_use_all_objects_and_different_scenes() -> None:
    plans = plan_goals(50, (), "novel", "none", 1)
    assert {plan.object for plan in plans} == set(NOVEL) and not any(plan.obstacles for plan in plans)
    assert len({plan.seed for plan in plans}) == 50
    assert plans == plan_goals(50, (), "novel", "none", 1) and plans != plan_goals(50, (), "novel", "none", 2)
    assert {plan.object for plan in plan_goals(24, (), "seen", "all", 0)} == set(object_names("seen"))


def test_named_objects_in_their_order() -> None:
    plans = plan_goals(3, ("mug/01", "bed/02"), "novel", "all", 0)
    assert [plan.object for plan in plans] == ["mug/01", "bed/02", "mug/01"] and all(plan.obstacles for plan in plans)
    with pytest.raises(ValueError, match="unknown object 'cup'"):
        plan_goals(1, ("cup",), "novel", "none", 0)
    with pytest.raises(UserError, match="--goals is 0"):
        plan_goals(0, (), "novel", "none", 0)


def test_a_folder_stands_for_its_meshes_and_is_looked_at_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    meshes = tmp_path / "meshes"
    meshes.mkdir()
    for name in ("b.stl", "a.obj"):
        trimesh.creation.box((2.0, 1.0, 1.0)).export(meshes / name)
    plans = plan_goals(4, (f"folder:{meshes}", "mug/05"), "novel", "none", 0)
    named = [f"folder:{meshes}/a.obj", f"folder:{meshes}/b.stl", "mug/05"]
    assert [plan.object for plan in plans] == [*named, named[0]]
    (meshes / "c.stl").write_bytes(b"not a mesh at all")
    with pytest.raises(ValueError, match="c.stl"):
        plan_goals(1, (f"folder:{meshes}",), "novel", "none", 0)
    with pytest.raises(ValueError, match="no folder .*nowhere"):
        plan_goals(1, (f"folder:{tmp_path}/nowhere",), "novel", "none", 0)

"""Small collections through the command."""

from __future__ import annotations

import json
from pathlib import Path

import trimesh

from hyperdynamics_core.data.crops import CropPool
from tests.cli.conftest import Run


def test_push_is_collected_and_goes_on(hyperdynamics: Run, tmp_path: Path) -> None:
    words = ["collect", "push", "--out", "d", "--trajectories", "6", "--physics", "gantry", "--seed", "3"]
    first = hyperdynamics(*words, "--json", "a.json")
    assert first.returncode == 0, first.stderr
    result = json.loads((tmp_path / "a.json").read_text())
    assert result["kept"] == 6 and result["seeds"] == [3] and result["shards_written"] == 1
    assert hyperdynamics(*words, "--json", "b.json").returncode == 0
    again = json.loads((tmp_path / "b.json").read_text())
    assert again["shards_written"] == 0 and again["kept"] == 0 and again["trials"] == 6
    other = hyperdynamics(*words[:-1], "4")
    assert other.returncode == 2 and "another" in other.stderr


def test_crops_of_your_own_meshes(hyperdynamics: Run, tmp_path: Path) -> None:
    (tmp_path / "meshes").mkdir()
    trimesh.creation.box((0.2, 0.1, 0.1)).export(tmp_path / "meshes" / "brick.obj")
    ended = hyperdynamics("collect", "crops", "folder:meshes", "--crops", "2", "--out", "c")
    assert ended.returncode == 0, ended.stderr
    assert CropPool.open(tmp_path / "c").object_names == (f"folder:{(tmp_path / 'meshes' / 'brick.obj').resolve()}",)
    ended = hyperdynamics("collect", "crops", "folder:nowhere", "--out", "e")
    assert ended.returncode == 2 and "no folder nowhere" in ended.stderr


def test_pools(hyperdynamics: Run, tmp_path: Path) -> None:
    crops = hyperdynamics(
        "collect", "crops", "shapes", "--objects", "2", "--crops", "2", "--out", "c", "--json", "c.json"
    )
    assert crops.returncode == 0, crops.stderr
    assert json.loads((tmp_path / "c.json").read_text())["out"] == "c" and (tmp_path / "c").is_dir()
    scenes = hyperdynamics("collect", "scenes", "novel", "--scenes", "2", "--out", "s")
    assert scenes.returncode == 0, scenes.stderr
    again = hyperdynamics("collect", "scenes", "seen", "--scenes", "2", "--out", "s")
    assert again.returncode == 2 and again.stderr.count("\n") == 1

"""The objects: closed, of the paper's size, standing, split 24 / 7."""

from pathlib import Path

import numpy as np
import pytest
from shapely.geometry import MultiPoint, Point

from sim_bridges.pushing import object_cache
from sim_bridges.pushing.objects import FAMILIES, PushObject, load_object, object_names, random_member


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def check(item: PushObject) -> None:
    mesh = item.mesh
    assert mesh.is_volume
    assert np.abs(mesh.center_mass).max() < 1e-6
    longest = 2 * item.half_extents[:2].max()
    assert 0.0699 < longest < 0.1201
    assert item.half_extents[2] * 2 <= 0.0901
    pieces = np.concatenate(item.parts)
    assert np.allclose(pieces.min(axis=0), item.vertices.min(axis=0), atol=1.5e-3)
    assert np.allclose(pieces.max(axis=0)[:2], item.vertices.max(axis=0)[:2], atol=1.5e-3)
    assert np.all(item.unit_inertia > 1e-4)


def stands(item: PushObject) -> bool:
    """The centroid falls well inside what touches the table."""
    low = item.vertices[item.vertices[:, 2] < -item.rest_height + 1e-4]
    return bool(MultiPoint(low[:, :2]).convex_hull.contains(Point(0, 0).buffer(0.01)))


@pytest.mark.parametrize("name", object_names("all"))
def test_object_is_closed_and_of_the_papers_size(name: str) -> None:
    item = load_object.__wrapped__(name)
    check(item)
    assert stands(item)


def test_the_split_is_24_and_7_with_every_kind_in_both() -> None:
    seen, novel = object_names("seen"), object_names("novel")
    assert (len(seen), len(novel)) == (24, 7)
    assert not set(seen) & set(novel)
    assert {name.split("/")[0] for name in seen} == {name.split("/")[0] for name in novel} == set(FAMILIES)


def test_the_only_mug_without_a_handle_is_novel() -> None:
    reach = {name: 2 * load_object(name).half_extents for name in object_names() if name.startswith("mug")}
    handleless = [name for name, size in reach.items() if abs(size[0] - size[1]) < 1e-3]
    assert handleless == ["mug/05"]
    assert "mug/05" in object_names("novel")


@pytest.mark.parametrize("family", FAMILIES)
def test_random_members_differ_and_repeat_with_the_seed(family: str) -> None:
    rng = np.random.default_rng(7)
    members = [random_member(family, rng) for _ in range(20)]
    for member in members:
        check(member)
    again = random_member(family, np.random.default_rng(7))
    assert np.array_equal(again.vertices, members[0].vertices)
    assert len({member.half_extents.tobytes() for member in members}) == 20


def test_a_damaged_cache_file_is_built_again() -> None:
    first = load_object.__wrapped__("mug/01")
    [file] = (object_cache.cache_folder() / "objects").rglob("01.npz")
    file.write_bytes(file.read_bytes()[:100])
    assert np.array_equal(load_object.__wrapped__("mug/01").vertices, first.vertices)


def test_unknown_names_list_the_valid_ones() -> None:
    with pytest.raises(ValueError, match="mug/05"):
        load_object("mug/6")
    with pytest.raises(ValueError, match="seen, novel, all"):
        object_names("train")
    with pytest.raises(ValueError, match="unknown family 'sofa'"):
        random_member("sofa", np.random.default_rng(0))

"""scripts/interfaces.py builds when, and only when, something that matters has changed."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from scripts import interfaces

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with just one small message."""
    for name in ("CMakeLists.txt", "package.xml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "cmake", tmp_path / "cmake")
    (tmp_path / "msg").mkdir()
    (tmp_path / "msg" / "Sample.msg").write_text("float32 value\n")
    return tmp_path


def test_digest_follows_the_interface_files(checkout: Path) -> None:
    before = interfaces.digest(checkout)
    (checkout / "README.md").write_text("of no importance")
    assert interfaces.digest(checkout) == before
    (checkout / "msg" / "Sample.msg").write_text("float64 value\n")
    changed = interfaces.digest(checkout)
    (checkout / "msg" / "Sample.msg").rename(checkout / "msg" / "Other.msg")
    assert len({before, changed, interfaces.digest(checkout)}) == 3


def test_digest_follows_the_recipe(checkout: Path) -> None:
    before = interfaces.digest(checkout)
    with (checkout / "CMakeLists.txt").open("a") as recipe:
        recipe.write("# changed\n")
    assert interfaces.digest(checkout) != before


def test_unchanged_interfaces_are_not_built_again(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = checkout / "build" / f"interfaces-{interfaces.digest(checkout)}"
    (stage / "share" / "hyperdynamics").mkdir(parents=True)
    (checkout / "CMakeLists.txt").touch()  # a newer date alone changes nothing
    monkeypatch.setattr(interfaces, "_build_into", lambda *_: pytest.fail("built again"))
    assert interfaces.build(checkout) == stage


def test_other_dependencies_cost_no_build_but_arrive(checkout: Path) -> None:
    before = interfaces.digest(checkout)
    manifest = checkout / "package.xml"
    manifest.write_text(manifest.read_text().replace("</package>", "<exec_depend>tf2</exec_depend></package>"))
    assert interfaces.digest(checkout) == before
    share = checkout / "build" / f"interfaces-{before}" / "share" / "hyperdynamics"
    share.mkdir(parents=True)
    interfaces.build(checkout)
    assert "tf2" in (share / "package.xml").read_text()
    manifest.write_text(manifest.read_text().replace("<version>0.1.0<", "<version>0.2.0<"))
    assert interfaces.digest(checkout) != before


def test_broken_interface_is_named_and_leaves_nothing_behind(checkout: Path) -> None:
    (checkout / "msg" / "Sample.msg").write_text("float31 value\n")
    with pytest.raises(interfaces.InterfaceBuildError, match=r"(?s)Configuring the interfaces failed.*build-essential"):
        interfaces.build(checkout)
    assert list((checkout / "build").iterdir()) == []


def test_only_interface_files_count(checkout: Path) -> None:
    (checkout / "msg" / "notes.txt").write_text("not an interface")
    assert [path.name for path in interfaces.interface_files(checkout)] == ["Sample.msg"]


def test_prefix_is_where_the_generator_lives() -> None:
    assert interfaces.ros_prefix() == Path(sys.prefix).resolve()
    assert (interfaces.ros_prefix() / "share" / "rosidl_generator_py").is_dir()


@pytest.mark.slow
def test_build_stages_a_ros_prefix_without_paths_of_this_machine(checkout: Path) -> None:
    stage = interfaces.build(checkout)
    assert (interfaces.staged_python_folder(stage) / "hyperdynamics" / "msg" / "_sample.py").is_file()
    assert (stage / "lib" / "libhyperdynamics__rosidl_typesupport_c.so").is_file()
    texts = [path for path in stage.rglob("*") if path.is_file() and path.suffix != ".so"]
    assert [path for path in texts if str(checkout).encode() in path.read_bytes()] == []
    assert [path.name for path in (checkout / "build").iterdir()] == [stage.name]

"""scripts/native.py builds when, and only when, a source has changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scripts import native

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    target = tmp_path / native.SOURCES
    shutil.copytree(ROOT / native.SOURCES, target, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    return tmp_path


def test_digest_follows_the_sources(checkout: Path) -> None:
    before = native.digest(checkout)
    (checkout / native.SOURCES / "library.py").write_text("of no importance")
    assert native.digest(checkout) == before == native.digest(ROOT)
    with (checkout / native.SOURCES / "kernel.inl").open("a") as source:
        source.write("// changed\n")
    assert native.digest(checkout) != before


def test_built_sources_are_not_built_again(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = checkout / "build" / f"native-{native.digest(checkout)}" / native.LIBRARY
    library.parent.mkdir(parents=True)
    library.write_bytes(b"library")
    monkeypatch.setattr(native, "_compile", lambda *_: pytest.fail("built again"))
    assert native.build(checkout) == library
    assert native.place(checkout).read_bytes() == b"library"


def test_what_the_compiler_says_is_shown(checkout: Path) -> None:
    (checkout / native.SOURCES / "rollout.cpp").write_text("#error nothing to compile here\n")
    with pytest.raises(native.NativeBuildError, match="(?s)nothing to compile here.*build-essential"):
        native.build(checkout)
    assert list((checkout / "build").glob("native-*/*.so")) == []

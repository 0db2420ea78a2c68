"""Launch files and a small ROS 2 package made for a test."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

WriteLaunch = Callable[..., Path]


@pytest.fixture
def write_launch(tmp_path: Path) -> WriteLaunch:
    """Writes the body of a launch file and returns its path."""

    def write(body: str, name: str = "test.launch.xml") -> Path:
        file = tmp_path / name
        file.write_text(f"<launch>\n{textwrap.dedent(body).strip()}\n</launch>\n")
        return file

    return write


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """An installed package ``toys``: call it with the name and the Python text of an executable to add."""
    prefix = tmp_path / "prefix"
    index = prefix / "share" / "ament_index" / "resource_index" / "packages"
    index.mkdir(parents=True)
    (index / "toys").touch()
    (prefix / "share" / "toys").mkdir()
    folder = prefix / "lib" / "toys"
    folder.mkdir(parents=True)
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(prefix))

    def add(name: str, text: str) -> None:
        file = folder / name
        file.write_text(f"#!{sys.executable}\n{textwrap.dedent(text)}")
        file.chmod(0o755)

    return add

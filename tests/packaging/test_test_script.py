"""``make test``: what fails once is run again alone, what fails twice fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ONCE = """
from pathlib import Path
def test_steady(): pass
def test_shaky():
    seen = Path(__file__).with_name("seen")
    first = not seen.exists()
    seen.touch()
    assert not first
"""


def run(folder: Path, content: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(content)
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = [ROOT / "scripts/test.sh", folder, "-c", folder / "pytest.ini", "-p", "no:dash"]
    return subprocess.run(
        command,
        cwd=ROOT,
        env={"VENV": sys.prefix, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_what_fails_once_is_run_again_alone_and_named(tmp_path: Path) -> None:
    done = run(tmp_path, ONCE)
    assert done.returncode == 0, done.stdout
    first, second = done.stdout.split("once more, alone")
    assert "FAILED" in first and "test_shaky" in first and "1 failed, 1 passed" in first
    assert "1 passed" in second


@pytest.mark.parametrize(
    ("content", "code", "again"),
    [
        ("def test_it(): assert False", 1, True),
        ("def test_it(): pass", 0, False),
        ("import nothing_of_that_name", 2, True),
    ],
)
def test_what_fails_twice_fails_and_the_rest_is_run_once(tmp_path: Path, content: str, code: int, again: bool) -> None:
    done = run(tmp_path, content)
    assert done.returncode == code and ("once more, alone" in done.stdout) == again, done.stdout

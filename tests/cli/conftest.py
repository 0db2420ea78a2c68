"""The command as users run it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from hyperdynamics_cli.main import main

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ended:
    """What a command left."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Ended]


@pytest.fixture
def hyperdynamics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs ``hyperdynamics ...`` in this process, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def run(*words: str | Path) -> Ended:
        capfd.readouterr()
        code = main([str(word) for word in words])
        return Ended(code, *capfd.readouterr())

    return run

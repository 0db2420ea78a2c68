"""Choices of models through the command, on episodes that it has recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.walks import tiny_model

SMALL = ["--look.sequences", "8", "--look.horizon", "4", "--look.every", "10"]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("models")
    return tiny_model(folder / "cheetah", "cheetah"), tiny_model(folder / "ant", "ant")


def test_models_are_compared_on_the_same_choices(hyperdynamics: Run, models: tuple[Path, Path], tmp_path: Path) -> None:
    walk = ["collect", "locomotion", "--terrain", "slope", "--agent", "random", "--steps", "40", "--workers", "0"]
    assert hyperdynamics(*walk, "--episodes", "3", "--out", "d").returncode == 0
    words = ["evaluate", "plans", "--data", "d", *SMALL]
    done = hyperdynamics(*words, "--model", models[0], "--json", "a.json")
    assert done.returncode == 0 and "6 choices in 3 episodes" in done.stdout, done.stderr
    figures = json.loads((tmp_path / "a.json").read_text())
    (one,) = figures["models"].values()
    assert figures["task"] == "cheetah-slope" and figures["trials"] == 3
    assert one["share_ci95"][0] <= one["share"] <= one["share_ci95"][1] and one["share"] <= 1.0
    again = hyperdynamics(*words, "--model", models[0], "--json", "b.json")
    assert again.returncode == 0 and json.loads((tmp_path / "b.json").read_text()) == figures
    wrong = hyperdynamics(*words, "--model", models[1])
    assert wrong.returncode == 2 and "cheetah" in wrong.stderr
    short = hyperdynamics(*words, "--model", models[0], "--look.every", "100")
    assert short.returncode == 2 and "longer episodes" in short.stderr
    nothing = hyperdynamics(*words, "--model", models[0], "--look.sequences", "1")
    assert nothing.returncode == 2 and "sequences must be 2 or more" in nothing.stderr

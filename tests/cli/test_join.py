"""The command that joins models."""

from __future__ import annotations

import json
from pathlib import Path

from hyperdynamics_core.methods.storage import load_method
from hyperdynamics_core.systems.legged import CHEETAH
from tests.cli.conftest import Run
from tests.cli.walks import SMALL, tiny_model


def test_models_are_joined_and_walk(hyperdynamics: Run, tmp_path: Path) -> None:
    one = tiny_model(tmp_path / "one", "cheetah")
    other = tiny_model(tmp_path / "other", "ant")
    words = ["train", "dynamics", "--data", "d", "--methods", "low-rank", "--seeds", "0", "1", "--out", "r",
             "--fit.updates", "4", "--fit.validate-every", "2", "--sizes.hidden-sizes", "16", "16"]  # fmt: skip
    walk = ["collect", "locomotion", "--terrain", "slope", "--agent", "random", "--steps", "60", "--workers", "0"]
    assert hyperdynamics(*walk, "--episodes", "16", "--out", "d").returncode == 0
    assert hyperdynamics(*words).returncode == 0
    models = [f"r/low-rank/seed-{seed}/model" for seed in (0, 1)]
    done = hyperdynamics("join", "--model", *models, "--out", "all", "--json", "a.json")
    assert done.returncode == 0 and "low-rank-ensemble of 2 members" in done.stdout, done.stderr
    said = json.loads((tmp_path / "a.json").read_text())
    stored = load_method(tmp_path / "all", CHEETAH)
    assert said["sha256"] == stored.sha256 and stored.info.config["seeds"] == said["seeds"] == [0, 1]
    assert stored.info.data_fingerprint and "seed-1" in (tmp_path / "all/CARD.md").read_text()
    again = hyperdynamics("join", "--model", *models, "--out", "all")
    assert again.returncode == 2 and "all exists" in again.stderr
    mixed = hyperdynamics("join", "--model", one, other, "--out", "mixed")
    assert mixed.returncode == 2 and "same system" in mixed.stderr and not (tmp_path / "mixed").exists()
    walked = hyperdynamics("evaluate", "locomotion", "--model", "all", *SMALL, "--steps", "20", "--episodes", "1",
                           "--workers", "0")  # fmt: skip
    assert walked.returncode == 0, walked.stderr

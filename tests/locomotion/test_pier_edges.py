"""The script that tells walks and choices apart by where on a block they are."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hyperdynamics_core.data.episodes import EpisodeSet
from sim_bridges.locomotion.tasks import EpisodeSpec

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "pier_edges.py"


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(SCRIPT), *words], capture_output=True, text=True, check=False)


def collect(out: Path, terrain: str) -> Path:
    command = [sys.executable, "-m", "hyperdynamics_cli.main", "collect", "locomotion", "--robot", "cheetah"]
    words = ["--terrain", terrain, "--agent", "random", "--episodes", "3", "--steps", "60", "--workers", "0"]
    subprocess.run([*command, *words, "--out", str(out)], check=True, capture_output=True)
    return out


@pytest.fixture(scope="module")
def walks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return collect(tmp_path_factory.mktemp("pier") / "walks", "pier")


def test_time_and_rewards_are_told_by_place(walks: Path) -> None:
    told = run(str(walks), "--stretches", "4").stdout.splitlines()
    numbers = [[float(each) for each in re.findall(r"-?\d+\.\d+", line)] for line in told]
    episodes = EpisodeSet.open(walks).episodes
    starts = [EpisodeSpec.from_json(each.spec).start_x for each in episodes]
    along = np.concatenate([(start + each.states[:-1, 0]) % 4.0 for start, each in zip(starts, episodes, strict=True)])
    rewards = np.concatenate([each.rewards for each in episodes])
    assert numbers
    for low, high, share, reward, _ in numbers:
        here = (along >= low) & (along < high)
        assert share == pytest.approx(here.mean(), abs=0.006)
        assert reward == pytest.approx(rewards[here].mean(), abs=0.006)
    assert sum(line[2] for line in numbers) == pytest.approx(1.0, abs=0.02)


def test_choices_are_told_by_place(walks: Path) -> None:
    told = run(str(walks), "--stretches", "2", "--every", "20", "--model", str(ROOT / "models" / "cheetah-pier")).stdout
    choices = re.findall(r"share (-?\d\.\d+) .*; (\d+) choices", told)
    assert sum(int(count) for _, count in choices) == 6  # steps 20 and 40 of three episodes
    assert all(float(share) <= 1.0 for share, _ in choices)


def test_only_a_pier_has_blocks(tmp_path: Path) -> None:
    refused = run(str(collect(tmp_path / "walks", "slope")))
    assert refused.returncode == 1
    assert "only a pier has blocks" in refused.stderr

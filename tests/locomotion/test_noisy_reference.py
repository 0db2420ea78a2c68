"""The script that disturbs the true simulator's ratings."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "noisy_reference.py"
SMALL = ("--value", "2", "--candidates", "30", "--steps", "8", "--episodes", "2")


def lines_of(*words: str) -> list[str]:
    command = [sys.executable, str(SCRIPT), "cheetah-slope", *words, *SMALL]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def test_noise_costs_a_share_of_the_advantage() -> None:
    lines = lines_of("--noise", "0", "3")
    shares = [float(re.findall(r"share (\S+)", line)[0]) for line in lines]
    assert lines[0].startswith("noise 0: return") and shares[0] == 1.0 > shares[1]


def test_a_price_and_the_last_plan_change_the_walk() -> None:
    plain, priced, kept = (lines_of("--noise", "0", *more)[0] for more in ((), ("--upright", "100"), ("--keep",)))
    assert len({plain, priced, kept}) == 3

"""The script that disturbs the true simulator's ratings."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "noisy_reference.py"
SMALL = ("--value", "2", "--candidates", "30", "--steps", "8", "--episodes", "2")


def test_noise_costs_a_share_of_the_advantage() -> None:
    words = [sys.executable, str(SCRIPT), "cheetah-slope", "--noise", "0", "3", *SMALL]
    lines = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    shares = [float(re.findall(r"share (\S+)", line)[0]) for line in lines]
    assert lines[0].startswith("noise 0: return") and shares[0] == 1.0 > shares[1]

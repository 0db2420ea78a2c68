"""The simulator prints nothing of its own."""

import os
import subprocess
import sys


def test_connecting_is_silent_and_output_comes_back() -> None:
    code = "from sim_bridges.pushing.world import PushWorld; w = PushWorld(); print('after'); w.close()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ, check=True)
    assert done.stdout == "after\n"
    assert "pybullet" not in done.stderr

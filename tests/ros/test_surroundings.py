"""tests/conftest.py: nodes of the tests meet nobody else's, and leave nothing in shared memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

MAPPED = """
import rclpy
rclpy.init()
node = rclpy.create_node("lonely")
print("created", open("/proc/self/maps").read())
"""
SHARED_MEMORY = "/dev/shm/fastdds_"


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="no list of mapped files on this system")
def test_nodes_use_no_shared_memory_between_domains() -> None:
    node = subprocess.run([sys.executable, "-c", MAPPED], capture_output=True, text=True, timeout=60)
    assert node.stdout.startswith("created"), node.stderr
    assert SHARED_MEMORY not in node.stdout


def test_the_range_that_brings_shared_memory_still_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the test above would pass whatever it looked at."""
    monkeypatch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    node = subprocess.run([sys.executable, "-c", MAPPED], capture_output=True, text=True, timeout=60)
    assert SHARED_MEMORY in node.stdout

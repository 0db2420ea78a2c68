"""Surroundings of every test: one thread, ROS 2 traffic of this process and its children alone."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path

import pytest

import sim_bridges.locomotion  # noqa: F401 - chooses MuJoCo's OpenGL, which must be done before a test imports it
from hyperdynamics_ros.environment import prepare_environment

DOMAINS = 100
"""1 to 100 keep clear of the ports that Linux gives out by itself."""
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
TURNS = count(os.getpid())


def next_domain() -> str:
    """A ROS domain that no other worker of this run takes, whatever it was started with, and not the last ones here."""
    return str(1 + (next(TURNS) * WORKERS + WORKER) % (DOMAINS - DOMAINS % WORKERS))


os.environ["ROS_DOMAIN_ID"] = next_domain()
# The profile keeps to this machine. The range LOCALHOST would, too, but brings shared memory whatever a profile says.
os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "SUBNET"
os.environ["FASTDDS_DEFAULT_PROFILES_FILE"] = str(Path(__file__).with_name("fastdds.xml"))
os.environ.setdefault("MPLBACKEND", "Agg")
prepare_environment()


@pytest.fixture(scope="module", autouse=True)
def domain():
    """Another ROS domain for every file: what nodes of the last one keep for late comers is not heard."""
    os.environ["ROS_DOMAIN_ID"] = next_domain()

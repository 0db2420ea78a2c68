"""Surroundings of every test: one thread, ROS 2 traffic of this process and its children alone, no shared memory."""

from __future__ import annotations

import os

import sim_bridges.locomotion  # noqa: F401 - chooses MuJoCo's OpenGL, which must be done before a test imports it
from hyperdynamics_ros.environment import prepare_environment

# Not setdefault: a worker of pytest-xdist inherits the domain of the process that started it, and must have its own.
# Domains 1 to 100 keep clear of the ports that Linux gives out by itself.
os.environ["ROS_DOMAIN_ID"] = str(1 + os.getpid() % 100)
os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
os.environ["FASTDDS_BUILTIN_TRANSPORTS"] = "UDPv4"  # killed processes leave no shared memory behind
os.environ.setdefault("MPLBACKEND", "Agg")
prepare_environment()

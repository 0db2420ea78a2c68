"""The nodes, one process each. Importing this room prepares the process before any heavy library loads."""

from hyperdynamics_ros.environment import prepare_environment

prepare_environment()

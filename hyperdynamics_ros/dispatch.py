"""One executable, two kinds of systems: the model says which node to make, before it declares any parameter."""

from __future__ import annotations

from typing import Any

from rclpy.node import Node

from hyperdynamics_core.checkpoints import CheckpointError, load_checkpoint
from hyperdynamics_core.methods.registry import TOLD_METHODS
from hyperdynamics_core.systems.push import PUSH
from hyperdynamics_ros.node import model_folder
from hyperdynamics_ros.parameters import Parameter

SYSTEM = Parameter(
    "system", "", "Name of the system that the model must be of (push, cheetah, ant); empty: whatever the model is of."
)
"""Parameter of every node that loads a model."""


def given_parameter(node_name: str, name: str, default: str) -> str:
    """A parameter's value as it was given to a node that does not exist yet; the default where none was given."""
    probe = Node(node_name, start_parameter_services=False, enable_rosout=False)
    # rclpy has no public view of the values given on the command line before they are declared.
    overrides: dict[str, Any] = getattr(probe, "_parameter_overrides", {})
    probe.destroy_node()
    value = overrides[name].value if name in overrides else default
    # Anything else is refused by the node's own table, with its rule.
    return value if isinstance(value, str) else default


def is_legged(node_name: str, default_model: str) -> bool:
    """Whether a node's model is one of a legged system.

    Raises:
        CheckpointError: no such model, one of another system than the parameter ``system`` asks for, or one that
            no node can run.
    """
    folder = model_folder(given_parameter(node_name, "model", default_model))
    info = load_checkpoint(folder, "method", given_parameter(node_name, "system", "") or None).info
    if info.name in TOLD_METHODS:
        raise CheckpointError(
            f"checkpoint {folder} holds the method {info.name!r}, which is told the hidden truth: it is for evaluation "
            "in one process; give a model that infers"
        )
    return info.system != PUSH.name

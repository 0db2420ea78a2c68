"""Interactions as the encoder reads them: features and differences, turned to a common orientation of the object."""

from __future__ import annotations

import torch
from torch import Tensor

from hyperdynamics_core.methods.context import Interactions
from hyperdynamics_core.systems.push import ORIENTATION, PushSystem
from hyperdynamics_core.systems.rotations import rotate_about_z, yaw_of
from hyperdynamics_core.systems.system import System


def turn_vectors(values: Tensor, yaw: Tensor) -> Tensor:
    """Turn values [..., 3 n], n vectors side by side, by yaw [...] (rad) about +z."""
    vectors = values.reshape(*values.shape[:-1], -1, 3)
    return rotate_about_z(vectors, yaw.unsqueeze(-1)).flatten(-2)


def interaction_steps(system: System, interactions: Interactions, reference_yaw: float | None) -> tuple[Tensor, Tensor]:
    """Features [k, n_in] and differences [k, n_out] of k interactions, physical units.

    A pushed object turns from step to step, so every step is turned as a whole about the vertical until the object
    has reference_yaw (None: the yaw after the last step). Other systems are taken as they are.
    """
    differences = system.difference(interactions.states, interactions.next_states)
    back = _back(system, interactions, reference_yaw)
    turned = differences if back is None else turn_vectors(differences, back)
    return _features(system, interactions, back), turned


def interaction_features(system: System, interactions: Interactions, reference_yaw: float | None) -> Tensor:
    """The features of ``interaction_steps`` alone, for encoders that read no differences."""
    return _features(system, interactions, _back(system, interactions, reference_yaw))


def _features(system: System, interactions: Interactions, back: Tensor | None) -> Tensor:
    features = system.features(interactions.states, interactions.actions)
    return features if back is None else turn_vectors(features, back)


def _back(system: System, interactions: Interactions, reference_yaw: float | None) -> Tensor | None:
    """By how much to turn each step [k], rad; None: the system's steps are not turned."""
    if not isinstance(system, PushSystem):
        return None
    if reference_yaw is None:
        reference_yaw = float(yaw_of(interactions.next_states[-1, ORIENTATION]))
    return reference_yaw - yaw_of(interactions.states[..., ORIENTATION])


def step_inputs(features: Tensor, differences: Tensor) -> Tensor:
    """What the encoder takes, [..., n_in + n_out], from normalised features and differences."""
    return torch.cat((features, differences), dim=-1)

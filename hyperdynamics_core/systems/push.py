"""Planar pushing with one rod (section 3.1): a 16-number state whose orientation the expert never sees.

State: object position 0:3, quaternion xyzw 3:7, linear velocity 7:10, angular velocity 10:13, end-effector 13:16.
Delta: position 0:3, rotation vector 3:6 (world frame), linear velocity 6:9, angular velocity 9:12, end-effector 12:15.
"""

from __future__ import annotations

import torch
from torch import Tensor

from hyperdynamics_core.systems.rotations import (
    quaternion_conjugate,
    quaternion_exp,
    quaternion_log,
    quaternion_multiply,
    rotate_about_z,
    yaw_quaternion,
)
from hyperdynamics_core.systems.system import Dimension, System

POSITION = slice(0, 3)
ORIENTATION = slice(3, 7)
LINEAR_VELOCITY = slice(7, 10)
ANGULAR_VELOCITY = slice(10, 13)
END_EFFECTOR = slice(13, 16)


def _xyz(prefix: str, unit: str) -> tuple[Dimension, ...]:
    return tuple(Dimension(f"{prefix}/{axis}", unit) for axis in "xyz")


class PushSystem(System):
    """Object pushed by a rod on a table; see the module's docstring for the layout."""

    name = "push"
    dt = 0.8
    state_dimensions = (
        *_xyz("object/position", "m"),
        *(Dimension(f"object/orientation/{axis}", "1") for axis in "xyzw"),
        *_xyz("object/linear_velocity", "m/s"),
        *_xyz("object/angular_velocity", "rad/s"),
        *_xyz("end_effector/position", "m"),
    )
    action_dimensions = _xyz("end_effector/displacement", "m")
    feature_dimensions = (
        *_xyz("end_effector/from_object", "m"),
        *_xyz("object/linear_velocity", "m/s"),
        *_xyz("object/angular_velocity", "rad/s"),
        *_xyz("end_effector/displacement", "m"),
    )
    delta_dimensions = (
        *_xyz("object/position", "m"),
        *_xyz("object/rotation", "rad"),
        *_xyz("object/linear_velocity", "m/s"),
        *_xyz("object/angular_velocity", "rad/s"),
        *_xyz("end_effector/position", "m"),
    )

    def features(self, state: Tensor, action: Tensor) -> Tensor:
        """[..., 12]: rod relative to the object, velocities, action. The orientation is context, not state."""
        offset = state[..., END_EFFECTOR] - state[..., POSITION]
        return torch.cat((offset, state[..., LINEAR_VELOCITY], state[..., ANGULAR_VELOCITY], action), dim=-1)

    def compose(self, state: Tensor, delta: Tensor) -> Tensor:
        """Sum for positions and velocities, quaternion product for the orientation (section 3.3)."""
        orientation = quaternion_multiply(quaternion_exp(delta[..., 3:6]), state[..., ORIENTATION])
        orientation = orientation / torch.linalg.vector_norm(orientation, dim=-1, keepdim=True)
        return torch.cat(
            (
                state[..., POSITION] + delta[..., 0:3],
                orientation,
                state[..., LINEAR_VELOCITY] + delta[..., 6:9],
                state[..., ANGULAR_VELOCITY] + delta[..., 9:12],
                state[..., END_EFFECTOR] + delta[..., 12:15],
            ),
            dim=-1,
        )

    def difference(self, state: Tensor, next_state: Tensor) -> Tensor:
        """[..., 15]; rotations come out in [0, pi]."""
        turn = quaternion_multiply(next_state[..., ORIENTATION], quaternion_conjugate(state[..., ORIENTATION]))
        return torch.cat(
            (
                next_state[..., POSITION] - state[..., POSITION],
                quaternion_log(turn),
                next_state[..., LINEAR_VELOCITY] - state[..., LINEAR_VELOCITY],
                next_state[..., ANGULAR_VELOCITY] - state[..., ANGULAR_VELOCITY],
                next_state[..., END_EFFECTOR] - state[..., END_EFFECTOR],
            ),
            dim=-1,
        )


PUSH = PushSystem()


def turn_state(state: Tensor, yaw: Tensor) -> Tensor:
    """Turn a whole push state [..., 16] by yaw [...] (rad) about the world's z axis."""
    return torch.cat(
        (
            rotate_about_z(state[..., POSITION], yaw),
            quaternion_multiply(yaw_quaternion(yaw), state[..., ORIENTATION]),
            rotate_about_z(state[..., LINEAR_VELOCITY], yaw),
            rotate_about_z(state[..., ANGULAR_VELOCITY], yaw),
            rotate_about_z(state[..., END_EFFECTOR], yaw),
        ),
        dim=-1,
    )

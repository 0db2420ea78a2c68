"""Symmetries of a robot's body: relabelled legs and mirrored worlds in which the same physics holds.

A symmetry turns what happened into something else that would have happened just as well: on ground that looks the same
to the left and to the right, the mirror image of a step is a step. All of them are linear maps of states (and deltas)
and of actions. Not in the paper; they multiply the data.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Symmetries:
    """S maps, the first one changes nothing."""

    states: Tensor
    """[S, n_s, n_s]: state' = states[i] @ state, deltas likewise."""
    actions: Tensor
    """[S, n_a, n_a]."""
    joints: Tensor
    """[S, n_a] long: the joint that joint j becomes."""

    def __len__(self) -> int:
        return len(self.states)


def ant_symmetries() -> Symmetries:
    """The ant's left-right mirror (y -> -y); the layout is that of ``systems.legged.ANT``."""
    # y, the quaternion's x and z, vy, roll and yaw rate change their sign.
    base = torch.tensor([1.0, -1, 1, -1, 1, -1, 1])
    base_rates = torch.tensor([1.0, -1, 1, -1, 1, -1])
    joints = _mirrored_joints()
    states = torch.block_diag(torch.diag(base), joints, torch.diag(base_rates), joints)  # type: ignore[no-untyped-call]
    return _symmetries([(torch.eye(len(states)), torch.eye(len(joints))), (states, joints)])


def _mirrored_joints() -> Tensor:
    """[8, 8]: legs 1 and 4, 2 and 3 change places; hips turn about z, which mirrors into the other sense of turning."""
    matrix = torch.zeros(8, 8)
    for leg, other in enumerate((3, 2, 1, 0)):
        matrix[2 * other, 2 * leg] = -1.0
        matrix[2 * other + 1, 2 * leg + 1] = 1.0
    return matrix


def _symmetries(maps: list[tuple[Tensor, Tensor]]) -> Symmetries:
    actions = torch.stack([action for _, action in maps])
    return Symmetries(torch.stack([state for state, _ in maps]), actions, actions.abs().argmax(dim=1))

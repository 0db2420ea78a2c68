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
    """All eight of the ant: four ways to say which leg is the first, each with its mirror image (y -> -y).

    The layout is that of ``systems.legged.ANT``; a quaternion's sign is of no meaning.
    """
    turn, mirror = _turned(), _mirrored()
    maps = [tuple(torch.eye(len(part)) for part in turn)]
    for _ in range(3):
        maps.append(_after(turn, maps[-1]))
    return _symmetries([pair for each in maps for pair in (each, _after(mirror, each))])


def _after(second: tuple[Tensor, ...], first: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return tuple(one @ other for one, other in zip(second, first, strict=True))


def _mirrored() -> tuple[Tensor, Tensor]:
    """State and action map of the mirror: legs 1 and 4, 2 and 3 change places, hips turn the other way round."""
    joints = torch.zeros(8, 8)
    for leg, other in enumerate((3, 2, 1, 0)):
        joints[2 * other, 2 * leg] = -1.0
        joints[2 * other + 1, 2 * leg + 1] = 1.0
    # y, the quaternion's x and z, vy, roll and yaw rate change their sign.
    base = torch.diag(torch.tensor([1.0, -1, 1, -1, 1, -1, 1]))
    rates = torch.diag(torch.tensor([1.0, -1, 1, -1, 1, -1]))
    return torch.block_diag(base, joints, rates, joints), joints  # type: ignore[no-untyped-call]


def _turned() -> tuple[Tensor, Tensor]:
    """State and action map of a body whose leg 1 is called leg 2, and so on: turned by -90 degrees about its z."""
    joints = torch.zeros(8, 8)
    for leg, sign in enumerate((-1.0, 1.0, -1.0, 1.0)):  # the ankles' axes point inwards or outwards by turns
        other = (leg + 1) % 4
        joints[2 * other, 2 * leg] = 1.0
        joints[2 * other + 1, 2 * leg + 1] = sign
    # The quaternion times that of the turn about z, x y z w.
    half = torch.tensor([[1.0, -1, 0, 0], [1, 1, 0, 0], [0, 0, 1, -1], [0, 0, 1, 1]]) * 0.5**0.5
    # Angular velocity is told in the body's frame.
    spin = torch.tensor([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])
    states = torch.block_diag(torch.eye(3), half, joints, torch.eye(3), spin, joints)  # type: ignore[no-untyped-call]
    return states, joints


def _symmetries(maps: list[tuple[Tensor, ...]]) -> Symmetries:
    actions = torch.stack([action for _, action in maps])
    return Symmetries(torch.stack([state for state, _ in maps]), actions, actions.abs().argmax(dim=1))

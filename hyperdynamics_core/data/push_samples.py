"""Pushing trajectories laid out for training: one row a step, as features and delta, with its place in the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from hyperdynamics_core.data.shards import Shard
from hyperdynamics_core.data.trajectories import TrajectorySet
from hyperdynamics_core.systems.push import ORIENTATION, PUSH
from hyperdynamics_core.systems.rotations import yaw_of


@dataclass(frozen=True)
class PushSamples:
    """All steps of all trajectories; row r is step r % T of trajectory r // T."""

    n_steps: int
    """T."""
    features: Tensor
    """[N, 12]."""
    delta: Tensor
    """[N, 15]."""
    yaw: Tensor
    """[N] of the object before the step, rad."""
    first_yaw: Tensor
    """[N] of the object at the start of the trajectory, when it was seen, rad."""
    object_index: Tensor
    """[N]."""
    physics: Tensor
    """[N, 2] log mass and log friction, standardised over the data."""
    others: Tensor
    """[n, m] trajectories of the same system, padded with -1."""
    object_names: tuple[str, ...]
    """Names of the objects."""
    fingerprint: str
    """Of the data."""
    physics_fingerprint: str
    """Of the simulator's frozen settings."""
    hidden_known: bool = True
    """Whether `physics` is of known values; else it is zeros that nothing may learn from."""

    def __len__(self) -> int:
        return len(self.features)


def layout(trajectories: TrajectorySet) -> PushSamples:
    """Lay a trajectory set out.

    Raises:
        ValueError: no trajectory.
    """
    data = trajectories.data
    states, actions = _float(data.states), _float(data.actions)
    count, n_steps = actions.shape[:2]
    if count == 0:
        raise ValueError("the data hold no trajectory; collect some with `hyperdynamics collect push`")
    before = states[:, :-1]
    yaw = yaw_of(before[..., ORIENTATION])
    return PushSamples(
        n_steps,
        PUSH.features(before, actions).flatten(0, 1),
        PUSH.difference(before, states[:, 1:]).flatten(0, 1),
        yaw.flatten(),
        yaw[:, :1].expand(count, n_steps).flatten(),
        _long(data.object_index).repeat_interleave(n_steps),
        _standardised_logs(data).repeat_interleave(n_steps, 0),
        same_system(_long(data.system_index)),
        trajectories.object_names,
        trajectories.fingerprint,
        trajectories.physics_fingerprint,
        trajectories.hidden_known,
    )


def same_system(system_index: Tensor) -> Tensor:
    """For each of n trajectories the others of its system: [n, m], padded with -1 (m: most that any has)."""
    members: dict[int, list[int]] = {}
    for trajectory, system in enumerate(system_index.tolist()):
        members.setdefault(system, []).append(trajectory)
    most = max(1, max(len(group) for group in members.values()) - 1)
    others = torch.full((len(system_index), most), -1, dtype=torch.long)
    for group in members.values():
        for trajectory in group:
            rest = [other for other in group if other != trajectory]
            others[trajectory, : len(rest)] = torch.tensor(rest, dtype=torch.long)
    return others


def _float(array: Any) -> Tensor:
    return torch.as_tensor(np.asarray(array, dtype=np.float32))


def _long(array: Any) -> Tensor:
    return torch.as_tensor(np.asarray(array, dtype=np.int64))


def _standardised_logs(data: Shard) -> Tensor:
    logs = torch.stack((_float(data.mass), _float(data.friction)), dim=-1).clamp_min(1e-12).log()
    return (logs - logs.mean(0)) / logs.std(0, unbiased=False).clamp_min(1e-6)

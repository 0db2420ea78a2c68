"""Training batches of pushes: samples, interactions of the same system, and which crop to see the object by.

A batch consists of groups. All samples of a group are of one object, and the whole world of each is turned so that
their objects have one yaw (turning the world is a free augmentation anyway): so one crop, turned once and encoded once,
serves the group. ``group_size`` 1 gives independent samples.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from hyperdynamics_core.data.push_samples import PushSamples
from hyperdynamics_core.methods.interaction_steps import turn_vectors


@dataclass(frozen=True)
class PushBatch:
    """B = G x S samples in G groups, group by group. Everything is turned already."""

    rows: Tensor
    """[B] rows of the samples in ``PushSamples``."""
    features: Tensor
    """[B, 12] physical units."""
    delta: Tensor
    """[B, 15] physical units."""
    step_features: Tensor
    """[B, k, 12] of the interactions, turned to the yaw at which the object was seen."""
    step_differences: Tensor
    """[B, k, 15] likewise."""
    step_mask: Tensor
    """[B, k] interactions that count."""
    physics: Tensor
    """[B, 2] standardised log mass and log friction."""
    group_object: Tensor
    """[G] object index."""
    group_yaw: Tensor
    """[G] yaw of the object in every sample of the group, rad."""

    @property
    def group_size(self) -> int:
        """S."""
        return len(self.rows) // len(self.group_yaw)

    def to(self, device: str) -> PushBatch:
        """The same on another device."""
        return PushBatch(**{name: value.to(device) for name, value in vars(self).items()})

    def spread(self, codes: Tensor) -> Tensor:
        """Codes of groups [G, n] to samples [B, n]."""
        return codes.repeat_interleave(self.group_size, 0)


@dataclass(frozen=True)
class BatchConfig:
    """How batches are drawn."""

    size: int = 256
    """B, samples."""
    group_size: int = 1
    """S, samples that share an object and a yaw; must divide the size."""
    n_interactions: int = 5
    """k, most interactions of a sample."""
    random_interactions: bool = False
    """Take a random number of them, 1 to k, from anywhere in the system's other trajectories; else the k first steps
    of one other trajectory in order."""
    interaction_dropout: float = 0.05
    """Probability that a sample gets none (z_int = 0): without it, a model that has seen no interaction yet is asked
    about a code that it never met."""
    turn_world: bool = True
    """Turn the whole world of every sample at random."""

    def __post_init__(self) -> None:
        if self.size < 1 or self.group_size < 1 or self.size % self.group_size:
            raise ValueError(f"group_size {self.group_size} must divide the batch size {self.size}, both at least 1")
        if self.n_interactions < 1 or not 0.0 <= self.interaction_dropout <= 1.0:
            raise ValueError(
                f"need n_interactions of 1 or more and interaction_dropout in [0, 1], got {self.n_interactions} and "
                f"{self.interaction_dropout}"
            )
        if self.group_size > 1 and not self.turn_world:
            raise ValueError("group_size above 1 needs turn_world: samples of a group are turned to one yaw")


class PushBatches:
    """Draws batches; everything is in memory and every draw comes from the generator that is passed in."""

    def __init__(self, samples: PushSamples, config: BatchConfig) -> None:
        self.samples, self.config = samples, config
        order = torch.argsort(samples.object_index, stable=True)
        counts = torch.bincount(samples.object_index, minlength=len(samples.object_names))
        self._order, self._counts = order, counts
        self._starts = counts.cumsum(0) - counts
        self._n_others = (samples.others >= 0).sum(1)

    def draw(self, generator: torch.Generator) -> PushBatch:
        """One batch."""
        samples, config = self.samples, self.config
        rows = self._rows(generator)
        groups = rows[:: config.group_size]
        turn = math.tau * torch.rand(len(groups), generator=generator) * config.turn_world
        group_yaw = samples.yaw[groups] + turn
        turns = group_yaw.repeat_interleave(config.group_size) - samples.yaw[rows]
        steps, mask = self._interactions(rows, generator)
        back = (samples.first_yaw[rows] + turns).unsqueeze(1) - samples.yaw[steps]
        return PushBatch(
            rows,
            turn_vectors(samples.features[rows], turns),
            turn_vectors(samples.delta[rows], turns),
            turn_vectors(samples.features[steps], back),
            turn_vectors(samples.delta[steps], back),
            mask,
            samples.physics[rows],
            samples.object_index[groups],
            group_yaw,
        )

    def _rows(self, generator: torch.Generator) -> Tensor:
        """[B] sample rows: the first of a group is uniform, the others are uniform among those of its object."""
        config = self.config
        first = torch.randint(len(self.samples), (config.size // config.group_size, 1), generator=generator)
        if config.group_size == 1:
            return first.flatten()
        objects = self.samples.object_index[first]
        place = torch.rand(len(first), config.group_size - 1, generator=generator) * self._counts[objects]
        place = torch.minimum(place.long(), self._counts[objects] - 1)
        return torch.cat((first, self._order[self._starts[objects] + place]), dim=1).flatten()

    def _interactions(self, rows: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Rows [B, k] of interactions with each sample's system in other trajectories, and which count."""
        config, n_steps = self.config, self.samples.n_steps
        trajectories = rows // n_steps
        available = self._n_others[trajectories]
        keep = torch.rand(len(rows), generator=generator) >= config.interaction_dropout
        if not config.random_interactions:
            pick = (torch.rand(len(rows), generator=generator) * available).long()
            other = self.samples.others[trajectories, pick].clamp_min(0)
            step = torch.arange(min(config.n_interactions, n_steps))
            mask = (keep & (available > 0)).unsqueeze(1).expand(-1, len(step))
            return other.unsqueeze(1) * n_steps + step, mask
        order = torch.rand(len(rows), self.samples.others.shape[1] * n_steps, generator=generator)
        total = available * n_steps
        order = order.masked_fill(torch.arange(order.shape[1]) >= total.unsqueeze(1), torch.inf)
        place = order.argsort(1)[:, : config.n_interactions]
        other = self.samples.others[trajectories.unsqueeze(1), place // n_steps].clamp_min(0)
        count = 1 + (torch.rand(len(rows), generator=generator) * config.n_interactions).long()
        count = torch.minimum(count, total) * keep
        return other * n_steps + place % n_steps, torch.arange(place.shape[1]) < count.unsqueeze(1)

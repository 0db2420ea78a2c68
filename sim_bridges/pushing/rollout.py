"""Random trajectories of drawn systems: the content of one shard, a pure function of its specification."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.data.shards import Shard
from sim_bridges.pushing.physics import physics_named
from sim_bridges.pushing.policy import random_push
from sim_bridges.pushing.scene import sample_scene
from sim_bridges.pushing.variation import SystemSpec, sample_system
from sim_bridges.pushing.world import PushWorld

Array = NDArray[np.float64]
FILTERED = ("fell", "toppled", "out_of_reach")
"""Why a trajectory is thrown away and drawn again."""
ATTEMPTS = 300


@dataclass(frozen=True)
class ShardSpec:
    """Everything that a shard is made from."""

    index: int
    """Number of the shard."""
    systems: int
    """Systems in it."""
    per_system: int
    """Trajectories of each."""
    first_system: int
    """Number of its first system in the whole collection."""
    steps: int
    """Pushes a trajectory."""
    region: float
    """Half side of the square that objects start in, m."""
    names: tuple[str, ...]
    """Objects to draw from."""
    variation: str
    """Ranges of the hidden properties."""
    physics: str
    """Name of the physics."""
    seed: int
    """Seed of the collection."""
    fingerprint: str
    """Fingerprint of the collection."""


@dataclass(frozen=True)
class Trajectory:
    """One kept trajectory."""

    states: Array
    """[T + 1, 16]."""
    actions: Array
    """[T, 3] as commanded, m."""


def collect_shard(spec: ShardSpec) -> tuple[Shard, Counter[str]]:
    """Draw systems and trajectories until the shard is full. Returns it and how many were filtered, by reason."""
    rng = np.random.default_rng([spec.seed, spec.index])
    filtered: Counter[str] = Counter()
    systems: list[SystemSpec] = []
    trajectories: list[Trajectory] = []
    world = PushWorld(physics_named(spec.physics))
    try:
        for _ in range(spec.systems):
            system = sample_system(rng, spec.names, spec.variation)
            systems += [system] * spec.per_system
            trajectories += [kept_trajectory(world, rng, system, spec, filtered) for _ in range(spec.per_system)]
    finally:
        world.close()
    return _stack(spec, systems, trajectories), filtered


def kept_trajectory(
    world: PushWorld, rng: np.random.Generator, system: SystemSpec, spec: ShardSpec, filtered: Counter[str]
) -> Trajectory:
    """Draw scenes and pushes of a system until a trajectory passes; counts the others in `filtered`.

    Raises:
        RuntimeError: none passed.
    """
    for _ in range(ATTEMPTS):
        outcome = run_trajectory(world, rng, system, spec.steps, spec.region)
        if isinstance(outcome, Trajectory):
            return outcome
        filtered[outcome] += 1
    raise RuntimeError(f"{ATTEMPTS} trajectories of {system} in a row were filtered {dict(filtered)}")


def run_trajectory(
    world: PushWorld, rng: np.random.Generator, system: SystemSpec, steps: int, region: float
) -> Trajectory | str:
    """One random trajectory, or the reason in `FILTERED` why it is of no use."""
    states = [world.reset(sample_scene(rng, physics=world.physics, system=system, region=region))]
    actions = []
    for _ in range(steps):
        action = random_push(rng, states[-1], world.object)
        if not world.physics.reachable(states[-1][13:15] + action[:2]):
            return "out_of_reach"
        result = world.step(action)
        if result.off_table:
            return "fell"
        if result.toppled:
            return "toppled"
        states.append(result.state)
        actions.append(action)
    return Trajectory(np.stack(states), np.stack(actions))


def _stack(spec: ShardSpec, systems: list[SystemSpec], trajectories: list[Trajectory]) -> Shard:
    count = spec.systems * spec.per_system
    return Shard(
        states=np.stack([each.states for each in trajectories]).astype(np.float32),
        actions=np.stack([each.actions for each in trajectories]).astype(np.float32),
        object_index=np.array([spec.names.index(each.object) for each in systems], dtype=np.int64),
        system_index=spec.first_system + np.arange(count, dtype=np.int64) // spec.per_system,
        mass=np.array([each.mass for each in systems], dtype=np.float32),
        friction=np.array([each.friction for each in systems], dtype=np.float32),
        com_offset=np.array([each.com_offset for each in systems], dtype=np.float32),
    )

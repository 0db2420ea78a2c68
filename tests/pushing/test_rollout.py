"""Trajectories of drawn systems."""

from collections import Counter

import numpy as np
import pytest

from sim_bridges.pushing import rollout
from sim_bridges.pushing.physics import GANTRY
from sim_bridges.pushing.rollout import ShardSpec, collect_shard, kept_trajectory
from sim_bridges.pushing.variation import SystemSpec
from sim_bridges.pushing.world import PushWorld

SPEC = ShardSpec(3, 2, 2, 6, 2, 0.15, ("mit/rect1", "mug/02"), "wide", "gantry", 9, "f")


def test_a_shard_is_a_pure_function_of_its_specification() -> None:
    first, counted = collect_shard(SPEC)
    again, recounted = collect_shard(SPEC)
    for name, array in first.arrays().items():
        assert np.array_equal(array, again.arrays()[name]), name
    assert counted == recounted
    assert list(first.system_index) == [6, 6, 7, 7]


def test_trajectories_of_a_system_share_its_properties_but_not_their_start() -> None:
    shard, _ = collect_shard(SPEC)
    for name in ("object_index", "mass", "friction", "com_offset"):
        assert np.array_equal(shard.arrays()[name][0], shard.arrays()[name][1])
    assert not np.allclose(shard.states[0, 0, :2], shard.states[1, 0, :2])


def test_trajectories_that_fail_are_counted_and_drawn_again() -> None:
    """At a few kilograms objects are thrown off the table now and then."""
    world, filtered = PushWorld(GANTRY), Counter[str]()
    rng = np.random.default_rng(0)
    light = SystemSpec("mit/ellip1", 5.0, 1e-4)
    kept = [kept_trajectory(world, rng, light, SPEC, filtered) for _ in range(4)]
    assert sum(filtered.values()) > 0
    assert all(np.abs(each.states[:, :2]).max() <= 0.3 for each in kept)
    world.close()


def test_a_system_that_never_passes_ends_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollout, "ATTEMPTS", 0)
    world = PushWorld(GANTRY)
    with pytest.raises(RuntimeError, match="mug/02"):
        kept_trajectory(world, np.random.default_rng(0), SystemSpec("mug/02", 1.0, 1e-3), SPEC, Counter())
    world.close()

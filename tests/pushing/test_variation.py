"""Hidden properties stay in their ranges."""

import numpy as np

from sim_bridges.pushing.objects import load_object, object_names
from sim_bridges.pushing.variation import VARIATIONS, SystemSpec, sample_system


def draw(variation: str, count: int = 400) -> list[SystemSpec]:
    rng = np.random.default_rng(0)
    return [sample_system(rng, object_names("seen"), variation) for _ in range(count)]


def test_paper_ranges_are_filled_evenly() -> None:
    systems = draw("paper")
    mass = np.array([each.mass for each in systems])
    friction = np.array([each.friction for each in systems])
    assert 300 <= mass.min() < 330 and 970 < mass.max() <= 1000
    assert friction.min() >= 8e-4 and friction.max() <= 12e-4
    assert abs(mass.mean() - 650) < 40
    assert all(each.com_offset == (0.0, 0.0, 0.0) for each in systems)
    assert len({each.object for each in systems}) == 24


def test_wide_ranges_are_logarithmic_and_shift_the_centre_of_mass() -> None:
    systems = draw("wide")
    mass = np.array([each.mass for each in systems])
    assert mass.min() >= 100 and mass.max() <= 1500
    assert abs(np.log(mass).mean() - np.log(100 * 1500) / 2) < 0.1
    shift = np.array([np.abs(each.com_offset) / load_object(each.object).half_extents for each in systems])
    assert 0.14 < shift.max() <= 0.15


def test_out_of_range_lies_outside_by_a_factor_of_two_at_most() -> None:
    wide = VARIATIONS["wide"]
    for each in draw("out-of-range"):
        inside_mass = wide.mass[0] <= each.mass <= wide.mass[1]
        inside_friction = wide.friction[0] <= each.friction <= wide.friction[1]
        assert not (inside_mass and inside_friction)
        assert wide.mass[0] / 2 <= each.mass <= 2 * wide.mass[1]
        assert wide.friction[0] / 2 <= each.friction <= 2 * wide.friction[1]

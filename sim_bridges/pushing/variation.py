"""What differs from object to object beside its shape: mass, friction, centre of mass (sections 4.1 and A.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim_bridges.pushing.objects import load_object


@dataclass(frozen=True)
class Variation:
    """Ranges that a system is drawn from."""

    mass: tuple[float, float]
    """kg."""
    friction: tuple[float, float]
    """Lateral friction of the object in PyBullet's units, to be multiplied with the table's 10."""
    logarithmic: bool
    """Whether mass and friction are drawn uniformly in their logarithm."""
    centre_of_mass: float
    """Largest shift of the centre of mass along each axis, as a fraction of the half extent."""
    excluded: str = ""
    """Name of the variation whose ranges mass or friction must lie outside of."""


VARIATIONS = {
    "paper": Variation((300.0, 1000.0), (8e-4, 12e-4), False, 0.0),
    "wide": Variation((100.0, 1500.0), (5e-4, 5e-3), True, 0.15),
    "out-of-range": Variation((50.0, 3000.0), (2.5e-4, 1e-2), True, 0.15, excluded="wide"),
}


@dataclass(frozen=True)
class SystemSpec:
    """One object with its hidden properties: what an expert is generated for."""

    object: str
    """Name of the object."""
    mass: float
    """kg."""
    friction: float
    """Lateral friction, PyBullet's units."""
    com_offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Centre of mass from the volume centroid, object frame, m."""


def variation_named(name: str) -> Variation:
    """Ranges by name.

    Raises:
        ValueError: an unknown name.
    """
    if name not in VARIATIONS:
        raise ValueError(f"unknown variation {name!r}; choose one of {', '.join(VARIATIONS)}")
    return VARIATIONS[name]


def sample_system(rng: np.random.Generator, names: Sequence[str], variation: str = "paper") -> SystemSpec:
    """Draw an object among `names` and its hidden properties."""
    ranges = variation_named(variation)
    name = names[int(rng.integers(len(names)))]
    mass, friction = _mass_and_friction(rng, ranges)
    shift = rng.uniform(-1.0, 1.0, 3) * ranges.centre_of_mass * load_object(name).half_extents
    return SystemSpec(name, mass, friction, _triple(shift))


def _mass_and_friction(rng: np.random.Generator, ranges: Variation) -> tuple[float, float]:
    while True:
        mass, friction = (_draw(rng, limits, ranges.logarithmic) for limits in (ranges.mass, ranges.friction))
        if not ranges.excluded:
            return mass, friction
        inner = VARIATIONS[ranges.excluded]
        if not (_inside(mass, inner.mass) and _inside(friction, inner.friction)):
            return mass, friction


def _draw(rng: np.random.Generator, limits: tuple[float, float], logarithmic: bool) -> float:
    if logarithmic:
        return float(np.exp(rng.uniform(np.log(limits[0]), np.log(limits[1]))))
    return float(rng.uniform(*limits))


def _inside(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def _triple(values: NDArray[np.float64]) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])

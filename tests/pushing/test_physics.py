"""Physics settings are frozen and told apart."""

from dataclasses import FrozenInstanceError, fields, replace

import pytest

from sim_bridges.pushing.physics import GANTRY, KUKA, physics_named


def test_the_measured_settings_are_frozen() -> None:
    assert (KUKA.rate_hz, KUKA.solver_iterations, KUKA.substeps) == (240, 50, 192)
    assert (KUKA.position_gain, KUKA.velocity_gain, KUKA.max_force) == (0.03, 1.0, 300.0)
    with pytest.raises(FrozenInstanceError):
        KUKA.rate_hz = 480  # type: ignore[misc]


def test_every_setting_changes_the_fingerprint() -> None:
    assert KUKA.fingerprint() != GANTRY.fingerprint()
    for field in fields(KUKA):
        value = getattr(KUKA, field.name)
        other = (
            value + "x"
            if isinstance(value, str)
            else tuple(v + 1 for v in value)
            if isinstance(value, tuple)
            else value + 1
        )
        assert replace(KUKA, **{field.name: other}).fingerprint() != KUKA.fingerprint(), field.name


def test_unknown_physics_lists_the_known() -> None:
    with pytest.raises(ValueError, match="kuka, gantry"):
        physics_named("ur5")

"""The head that tells hidden physics from the code, in training alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from hyperdynamics_core.methods.context import Context
from hyperdynamics_core.methods.registry import LEGGED_METHODS
from hyperdynamics_core.methods.storage import load_method, save_method
from hyperdynamics_core.systems.legged import ANT
from tests.methods.test_legged_methods import TRUTH, legged_method, window


@pytest.mark.parametrize("name", LEGGED_METHODS)
def test_every_method_takes_the_option_and_comes_back_with_it(name: str, tmp_path: Path) -> None:
    method = legged_method(name, ANT, auxiliary_physics=True)
    for code in [part for each in method.parts() for part in (each.truth_code, each.physics_code) if part is not None]:
        code.set(torch.rand(5, 2))
    save_method(tmp_path / "m", method)
    stored = load_method(tmp_path / "m", ANT).method
    context = Context(window(ANT), None, TRUTH)
    assert torch.equal(stored.bank(context).weights, method.bank(context).weights)
    assert all(torch.equal(value, method.state_dict()[key]) for key, value in stored.state_dict().items())


def test_there_is_a_head_where_there_is_an_encoder_and_something_to_tell() -> None:
    heads = {}
    for name in LEGGED_METHODS:
        parts = legged_method(name, ANT, auxiliary_physics=True).parts()
        heads[name] = sum(part.physics_code is not None for part in parts) / len(parts)
    without = {name for name, share in heads.items() if share == 0.0}
    assert without == {"global", "global-ensemble", "global-large", "told", "told-large", "hyperdynamics-told"}
    assert {heads[name] for name in LEGGED_METHODS if name not in without} == {1.0}
    assert legged_method("hyperdynamics", ANT).physics_code is None
    encoder = legged_method("hyperdynamics", ANT, auxiliary_physics=True).interaction_encoder
    assert encoder is not None and encoder.physics(torch.zeros(7, 2)).shape == (7, 2)


def test_the_head_changes_no_weights_that_are_generated() -> None:
    """It tells what the code means; experts are of the code alone."""
    method, context = legged_method("hyperdynamics", ANT, auxiliary_physics=True), Context(window(ANT), None)
    before = method.bank(context).weights
    assert method.interaction_encoder is not None and method.interaction_encoder.physics_head is not None
    torch.nn.init.ones_(method.interaction_encoder.physics_head.weight)
    assert torch.equal(method.bank(context).weights, before)

"""Encoders that read what the expert of z = 0 predicted wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from hyperdynamics_core.methods.config import locomotion_sizes
from hyperdynamics_core.methods.context import Context
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.methods.registry import LEGGED_METHODS
from hyperdynamics_core.methods.storage import load_method, save_method
from hyperdynamics_core.systems.legged import ANT
from tests.methods.test_legged_methods import TRUTH, legged_method, window

CODED = ("hyperdynamics", "low-rank", "direct", "recurrent")
NOTHING = Context(None, None)


def errors_of_nothing_known(method: LearnedMethod) -> torch.Tensor:
    """[k, n_out] normalised, by the expert that is emitted for a robot of which nothing is known."""
    steps = window(ANT)
    predicted = method.bank(NOTHING).predict(steps.states, steps.actions)
    errors = (ANT.difference(steps.states, steps.next_states) - predicted) / method.normaliser.output_std
    return errors.clamp(-5.0, 5.0)


@pytest.mark.parametrize("kind", ["window", "gru"])
@pytest.mark.parametrize("name", CODED)
def test_the_code_is_of_steps_and_of_the_errors_in_them(name: str, kind: str) -> None:
    method, steps = legged_method(name, ANT, innovations=True, interaction_encoder=kind), window(ANT)
    inputs = method.normaliser.inputs(ANT.features(steps.states, steps.actions))
    read = torch.cat((inputs, errors_of_nothing_known(method)), dim=-1)
    with torch.no_grad():
        expected = method.interaction_encoder(read.unsqueeze(0))[0]
    torch.testing.assert_close(method.encode_interactions(Context(steps, None)), expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("name", CODED)
def test_errors_are_read_and_not_taught(name: str) -> None:
    method, steps = legged_method(name, ANT, innovations=True), window(ANT)
    features = ANT.features(steps.states, steps.actions).unsqueeze(0)
    differences = ANT.difference(steps.states, steps.next_states).unsqueeze(0)
    method.interaction_code(features, differences).sum().backward()
    taught = {part.split(".")[0] for part, value in method.named_parameters() if value.grad is not None}
    assert taught == {"interaction_encoder"}


@pytest.mark.parametrize("name", LEGGED_METHODS)
def test_every_method_takes_the_option_and_comes_back_with_it(name: str, tmp_path: Path) -> None:
    method = legged_method(name, ANT, innovations=True)
    if method.truth_code is not None:
        method.truth_code.set(torch.rand(5, 2))
    save_method(tmp_path / "m", method)
    context = Context(window(ANT), None, TRUTH)
    assert torch.equal(load_method(tmp_path / "m", ANT).method.bank(context).weights, method.bank(context).weights)


def test_other_encoders_refuse_them() -> None:
    with pytest.raises(ValueError, match="innovations are read by the interaction encoders .* not by 'set'"):
        locomotion_sizes(innovations=True, interaction_encoder="set")

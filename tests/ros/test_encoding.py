"""Codes and banks of experts as the nodes ask the core for them."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from hyperdynamics_core.control.interactions import InteractionLog
from hyperdynamics_core.methods.context import Context
from hyperdynamics_core.methods.shape_codes import ShapeTable
from hyperdynamics_core.systems.push import ORIENTATION
from hyperdynamics_core.systems.rotations import yaw_of
from hyperdynamics_ros.encoding import bank_of_codes, encode_at
from tests.methods.examples import example_method, random_interactions, random_states


def log_of(count):
    log = InteractionLog()
    steps = random_interactions(count, torch.Generator().manual_seed(3))
    for state, action, after in zip(steps.states, steps.actions, steps.next_states, strict=True):
        assert log.record(state.double().numpy(), action.double().numpy(), after.double().numpy())
    return log


@pytest.fixture
def state():
    return random_states(1, torch.Generator().manual_seed(8))[0].double().numpy()


@pytest.mark.parametrize(("encoder", "window", "counted"), [("paper", 5, 3), ("set", 5, 3), ("set", 2, 2)])
def test_the_code_is_the_methods_at_the_objects_yaw(encoder, window, counted, state):
    method, log = example_method("hyperdynamics", interaction_encoder=encoder), log_of(3)
    code, count, yaw = encode_at(method, log, window, state)
    assert yaw == pytest.approx(float(yaw_of(torch.from_numpy(state[ORIENTATION])))) and count == counted
    newest = log.latest(5 if encoder == "paper" else window, fill=encoder == "paper")
    table = ShapeTable(torch.zeros(1, method.n_vis), yaw)
    assert torch.equal(code, method.encode_interactions(Context(newest, table))) and not code.requires_grad
    assert not torch.allclose(code, method.encode_interactions(Context(newest, ShapeTable(table.codes, yaw + 1.0))))


def test_without_interactions_or_encoder_the_code_is_zero(state):
    for method, log in ((example_method("hyperdynamics"), InteractionLog()), (example_method("xyz"), log_of(3))):
        code, count, _ = encode_at(method, log, 5, state)
        assert count == 0 and torch.equal(code, torch.zeros(method.n_int))


def test_a_bank_holds_an_expert_a_yaw_and_one_alone_where_the_method_is_blind():
    method, blind = example_method("hyperdynamics"), example_method("xyz")
    codes = torch.randn(6, 8, generator=torch.Generator().manual_seed(0))
    bank = bank_of_codes(method, torch.zeros(2), codes, 0.4, 12)
    assert bank.weights.shape == (12, method.architecture.n_weights) and bank.reference_yaw == 0.4
    np.testing.assert_allclose(bank.yaws, np.arange(12) * math.tau / 12, atol=1e-6)
    assert torch.allclose(bank.weights[2], method.generate(torch.zeros(1, 2), codes[1:2])[0], atol=1e-5)
    assert bank_of_codes(blind, torch.zeros(0), None, 0.4, 12).weights.shape[0] == 1


@pytest.mark.parametrize(
    ("n_int", "codes", "words"),
    [
        (3, torch.zeros(6, 8), "latent code has 3 numbers"),
        (2, torch.zeros(6, 4), "shape codes have 4 numbers"),
        (2, None, "shape codes have 0 numbers"),
    ],
)
def test_codes_of_another_size_are_refused(n_int, codes, words):
    with pytest.raises(ValueError, match=words):
        bank_of_codes(example_method("hyperdynamics"), torch.zeros(n_int), codes, 0.0, 12)

"""An ensemble walks through the same nodes and messages: its experts travel together, the controller asks them all."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from hyperdynamics_core.methods.context import Context
from hyperdynamics_core.methods.experts import ExpertBank
from hyperdynamics_core.methods.storage import load_method
from hyperdynamics_core.systems.legged import CHEETAH
from hyperdynamics_ros.checks import MessageRefused, check_expert_weights, stamp_ns
from hyperdynamics_ros.checks.interfaces import MAX_MEMBERS
from hyperdynamics_ros.conversions.experts import bank_from, expert_message, interactions_from
from tests.ros.legged_models import legged_folder
from tests.ros.messages import STAMP
from tests.ros.walkers import Client, Graph


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return legged_folder(tmp_path_factory.mktemp("legged") / "ensemble", "cheetah", "hyperdynamics-ensemble", members=2)


@pytest.fixture(scope="module")
def graph(model):
    made = Graph(model, "lockstep")
    yield made
    made.stop()


def message_of(bank: ExpertBank):
    return expert_message(bank, STAMP, torch.zeros(2))


def newest_pair(client):
    """An expert with a code and the history of its moment: either may have been overtaken by a newer one."""
    histories = {stamp_ns(said.header.stamp): said for said in client.histories}
    told = (said for said in reversed(client.experts) if any(said.latent_code))
    return next(((said, history) for said in told if (history := histories.get(stamp_ns(said.header.stamp)))), None)


def test_a_walk_with_every_members_expert(listener, graph, model):
    client = Client(listener, graph)
    result = client.result(client.send(duration=0.4))
    assert result.success and result.steps == 40, result.message
    client.limp()
    method = load_method(model, CHEETAH).method
    expert, history = listener.until(lambda: newest_pair(client), "an expert and the history behind it")
    check_expert_weights(expert)
    assert bank_from(expert).members == 2 and len(expert.latent_code) == 4
    expected = method.bank(Context(interactions_from(history), None))
    np.testing.assert_allclose(bank_from(expert).weights.numpy(), expected.weights.numpy(), rtol=1e-3, atol=1e-5)


def test_members_there_and_back_bit_by_bit(model):
    bank = load_method(model, CHEETAH).method.bank(Context(None, None))
    message = message_of(bank)
    check_expert_weights(message)
    again = bank_from(message)
    assert again.members == 2 and torch.equal(again.weights, bank.weights)


@pytest.mark.parametrize("count", [0, MAX_MEMBERS + 1])
def test_no_members_and_too_many_are_refused(model, count):
    one = load_method(model, CHEETAH).method.bank(Context(None, None)).member(0)
    bank = ExpertBank(CHEETAH, one.architecture, one.weights.repeat(count, 1), one.yaws)
    with pytest.raises(MessageRefused, match=f"must be those of 1 to {MAX_MEMBERS} members"):
        check_expert_weights(message_of(bank))


def test_half_a_member_is_refused(model):
    message = message_of(load_method(model, CHEETAH).method.bank(Context(None, None)))
    message.weights = message.weights[:-1]
    with pytest.raises(MessageRefused, match="weights"):
        check_expert_weights(message)

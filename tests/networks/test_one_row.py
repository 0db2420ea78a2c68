"""Rows through small networks: the same as the module itself, whatever happens to its parameters."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import torch
from torch import nn

from hyperdynamics_core.networks.one_row import OneRow, Prepared


@pytest.fixture
def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(7, 16), nn.ReLU(), nn.Linear(16, 16), nn.LeakyReLU(0.2), nn.Linear(16, 3))


def check(quick: OneRow, network: nn.Sequential) -> None:
    rows = torch.randn(20, 7)
    expected = network(rows).detach().numpy()
    found = np.stack([quick(row.numpy()) for row in rows])
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_it_is_the_network(network: nn.Sequential) -> None:
    check(OneRow(network), network)


def test_it_follows_the_parameters(network: nn.Sequential) -> None:
    quick = OneRow(network)
    check(quick, network)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.5)
    network(torch.randn(4, 7)).square().sum().backward()
    optimiser.step()
    check(quick, network)
    network.load_state_dict({name: 2.0 * value for name, value in network.state_dict().items()})
    check(quick, network)
    for parameter in network.parameters():
        parameter.data = parameter.data.clone() + 0.1
    check(quick, network)


def test_other_layers_are_refused() -> None:
    with pytest.raises(TypeError, match="not Tanh"):
        OneRow(nn.Sequential(nn.Linear(2, 2), nn.Tanh()))


def test_copies_and_pickles_follow_their_own_network(network: nn.Sequential) -> None:
    quick = OneRow(network)
    check(quick, network)
    for other in (copy.deepcopy(quick), pickle.loads(pickle.dumps(quick))):
        with torch.no_grad():
            network[0].weight += 1.0
        check(quick, network)
        check(other, other._network)
        assert not torch.equal(other._network[0].weight, network[0].weight)


def test_what_is_prepared_is_kept_until_a_tensor_changes() -> None:
    module, made = nn.BatchNorm1d(3), []

    def prepare() -> int:
        made.append(module.running_mean.clone())
        return len(made)

    prepared = Prepared(prepare, module)
    assert [prepared(), prepared()] == [1, 1]
    module.running_mean += 1.0
    assert [prepared(), prepared()] == [2, 2]
    module.weight.data = module.weight.data.clone()
    assert prepared() == 3

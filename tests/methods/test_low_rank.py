"""Low-rank residuals: nothing known is the global model, and every way of evaluating them is the same function."""

from __future__ import annotations

import pytest
import torch

from hyperdynamics_core.methods.low_rank import LowRank
from hyperdynamics_core.networks.expert import apply_expert
from hyperdynamics_core.systems.legged import ANT
from tests.methods.test_legged_methods import legged_method

EMPTY = torch.zeros(3, 0)


def method(name: str = "low-rank", **changes: object) -> LowRank:
    made = legged_method(name, ANT, **changes)
    assert isinstance(made, LowRank)
    return made


def talkative(made: LowRank) -> LowRank:
    """With a gate that has learned something."""
    for parameter in made.gate.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return made


def test_it_starts_as_its_global_model() -> None:
    made, codes = method(), torch.randn(3, 2)
    inputs = torch.randn(3, made.network.layer_sizes[0])
    assert torch.equal(made(codes, EMPTY, inputs), apply_expert(made.expert, inputs, made.network))


@pytest.mark.parametrize("name", ["low-rank", "low-rank-large"])
def test_factored_grouped_and_written_out_are_the_same(name: str) -> None:
    made, codes = talkative(method(name)), torch.randn(3, 2)
    inputs = torch.randn(3, 5, made.network.layer_sizes[0])
    with torch.no_grad():
        grouped = made.expert_function(codes, EMPTY)(inputs)
        written = apply_expert(made.normalised_weights(codes, EMPTY), inputs, made.network)
        rows = torch.stack([made(codes, EMPTY, inputs[:, i]) for i in range(5)], dim=1)
    torch.testing.assert_close(grouped, written, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(rows, written, rtol=1e-4, atol=1e-4)
    assert not torch.allclose(written[0], apply_expert(made.expert, inputs[0], made.network), atol=0.1)


def test_a_code_changes_each_layer_in_no_more_directions_than_its_rank() -> None:
    made = talkative(method(rank=3))
    weights = made.normalised_weights(torch.randn(3, 2), EMPTY)
    size = made.network.layer_sizes[0] * made.network.layer_sizes[1]
    change = (weights[:, :size] - made.expert[:size]).view(3, made.network.layer_sizes[1], -1)
    assert torch.linalg.matrix_rank(change, rtol=1e-4).tolist() == [3, 3, 3]


def test_the_large_one_has_as_many_parameters_as_hyperdynamics() -> None:
    counts = [
        sum(p.numel() for p in legged_method(name, ANT).parameters()) for name in ("low-rank-large", "hyperdynamics")
    ]
    assert 0.99 < counts[0] / counts[1] <= 1.0
    with pytest.raises(ValueError, match="rank must be at least 1, got 0"):
        method(rank=0)

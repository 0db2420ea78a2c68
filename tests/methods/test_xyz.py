"""XYZ: one expert, whatever was observed."""

import torch

from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.methods.context import Context
from hyperdynamics_core.methods.xyz import XYZ
from hyperdynamics_core.systems.push import PUSH
from tests.methods.examples import example_method, random_interactions, random_map


def test_blind_to_shape_and_interactions() -> None:
    method, generator = example_method("xyz"), torch.Generator().manual_seed(2)
    assert (method.n_int, method.n_vis) == (0, 0) and method.shape_encoder is None
    assert method.interaction_encoder is None and method.see(random_map(generator)) is None
    seen = method.bank(Context(random_interactions(5, generator), None)).weights
    assert torch.equal(seen, method.bank(Context(None, None)).weights) and len(seen) == 1


def test_an_encoder_that_was_asked_for_is_left_out() -> None:
    method = XYZ(MethodConfig(interaction_encoder="set", n_vis=8), PUSH)
    assert sum(parameter.numel() for parameter in method.parameters()) == method.architecture.n_weights


def test_network_and_flat_weights_agree() -> None:
    method, inputs = example_method("xyz"), torch.randn(3, 12, generator=torch.Generator().manual_seed(0))
    empty = torch.zeros(3, 0)
    weights = method.normalised_weights(empty, empty)
    assert weights.shape == (3, method.architecture.n_weights) and torch.equal(weights[0], weights[2])
    torch.testing.assert_close(method.expert_function(empty, empty)(inputs), method(empty, empty, inputs))

"""Direct as one global network and as flat weights with the code folded into the first layer's bias."""

import torch

from tests.methods.examples import example_method


def test_flat_weights_of_a_code_compute_what_the_network_computes_on_it() -> None:
    method = example_method("direct")
    generator = torch.Generator().manual_seed(1)
    z_int, z_vis = torch.randn(4, 2, generator=generator), torch.randn(4, 8, generator=generator)
    inputs = torch.randn(4, 6, 12, generator=generator)
    weights = method.normalised_weights(z_int, z_vis)
    assert weights.shape == (4, method.architecture.n_weights)
    function = method.expert_function(z_int, z_vis)(inputs)
    single = torch.stack([method(z_int, z_vis, inputs[:, step]) for step in range(6)], dim=1)
    torch.testing.assert_close(function, single)
    moved = method.normalised_weights(z_int + 1.0, z_vis)
    n_in, n_first = method.architecture.layers[0]
    changed = (moved != weights).any(0)
    assert changed[n_in * n_first : (n_in + 1) * n_first].any()
    assert not changed[: n_in * n_first].any() and not changed[(n_in + 1) * n_first :].any()


def test_the_code_counts() -> None:
    method, inputs = example_method("direct"), torch.ones(1, 12)
    at = [method(z, torch.zeros(1, 8), inputs) for z in (torch.zeros(1, 2), torch.ones(1, 2))]
    assert (at[0] - at[1]).abs().max() > 1e-4


def test_the_shared_network_is_not_changed_by_generating() -> None:
    method = example_method("direct")
    before = method.expert.detach().clone()
    method.normalised_weights(torch.ones(3, 2), torch.ones(3, 8))
    assert torch.equal(method.expert.detach(), before)

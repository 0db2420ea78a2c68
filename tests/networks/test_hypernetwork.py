import torch

from hyperdynamics_core.networks.expert import ExpertArchitecture, apply_expert, unflatten
from hyperdynamics_core.networks.hypernetwork import Hypernetwork

ARCHITECTURE = ExpertArchitecture((12, 32, 32, 32, 15))


def test_factored_equals_materialised_in_value_and_gradient() -> None:
    torch.manual_seed(0)
    network = Hypernetwork(10, ARCHITECTURE).double()
    code, inputs = torch.randn(20, 10).double().requires_grad_(), torch.randn(20, 12).double()
    wanted = torch.randn(20, 15).double()
    gradients = []
    for outputs in (network.factored(code, inputs), apply_expert(network(code), inputs, ARCHITECTURE)):
        gradients.append(torch.autograd.grad((outputs - wanted).square().sum(), [code, *network.parameters()]))
        torch.testing.assert_close(outputs, apply_expert(network(code), inputs, ARCHITECTURE))
    for factored, materialised in zip(*gradients, strict=True):
        torch.testing.assert_close(factored, materialised)


def test_generated_weights_start_like_an_ordinary_network() -> None:
    torch.manual_seed(0)
    weights = Hypernetwork(10, ARCHITECTURE)(torch.randn(200, 10)).detach()
    for (n_in, _), (weight, _) in zip(ARCHITECTURE.layers, unflatten(weights, ARCHITECTURE), strict=True):
        ordinary = (1.0 / (3.0 * n_in)) ** 0.5
        assert 0.8 < float(weight.std()) / ordinary < 1.6
    differs = weights.std(0).mean() / weights.std()
    assert 0.05 < float(differs) < 0.8, "codes should change the weights, gently"

import pytest
import torch

from hyperdynamics_core.methods.normaliser import Normaliser
from hyperdynamics_core.networks.expert import Normalisation


def test_maps_to_unit_deviation_and_back() -> None:
    normaliser = Normaliser(3, 2)
    values = torch.randn(100, 2) * 0.01 + 0.5
    normaliser.set(Normalisation(torch.zeros(3), torch.ones(3), values.mean(0), values.std(0)))
    outputs = normaliser.outputs(values)
    torch.testing.assert_close(outputs.std(0), torch.ones(2))
    torch.testing.assert_close(normaliser.physical(outputs), values)
    assert set(normaliser.state_dict()) == {"input_mean", "input_std", "output_mean", "output_std"}


def test_bad_statistics() -> None:
    ones = torch.ones(2)
    with pytest.raises(ValueError, match="input_mean has shape"):
        Normaliser(3, 2).set(Normalisation(ones, ones, ones, ones))
    with pytest.raises(ValueError, match="deviations positive"):
        Normaliser(2, 2).set(Normalisation(ones, 0 * ones, ones, ones))


def test_rows_follow_statistics_and_moves() -> None:
    normaliser, rows = Normaliser(3, 2, clamp=2.0), torch.randn(7, 3)

    def agree() -> None:
        torch.testing.assert_close(torch.from_numpy(normaliser.input_rows(rows.numpy())), normaliser.inputs(rows))

    agree()
    normaliser.set(Normalisation(torch.rand(3), 0.5 + torch.rand(3), torch.zeros(2), torch.ones(2)))
    agree()
    normaliser.double().float()
    normaliser.set(Normalisation(torch.rand(3), 0.5 + torch.rand(3), torch.zeros(2), torch.ones(2)))
    agree()

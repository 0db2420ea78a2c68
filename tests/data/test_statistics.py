import pytest
import torch

from hyperdynamics_core.data.statistics import fit_normalisation, vector_statistics
from hyperdynamics_core.methods.interaction_steps import turn_vectors


def test_statistics_do_not_change_when_the_world_turns() -> None:
    generator = torch.Generator().manual_seed(0)
    values = torch.randn(5000, 6, generator=generator) * torch.tensor([3.0, 1.0, 0.2, 0.1, 0.1, 0.5]) + 0.7
    mean, std = vector_statistics(values)
    turned_mean, turned_std = vector_statistics(turn_vectors(values, torch.full((5000,), 0.9)))
    torch.testing.assert_close(mean, turned_mean)
    torch.testing.assert_close(std, turned_std)
    assert mean[0] == 0 and float(mean[2]) == pytest.approx(0.7, abs=0.02)
    assert float(std[0]) == pytest.approx(float(((9 + 1) / 2 + 0.49) ** 0.5), rel=0.03)


def test_components_that_hardly_vary_get_a_floor() -> None:
    values = torch.zeros(100, 3)
    values[:, 0] = torch.linspace(-1, 1, 100)
    _, std = vector_statistics(values)
    assert float(std[2]) == pytest.approx(0.1 * float(std[0]))
    norm = fit_normalisation(torch.zeros(10, 3), values)
    assert (norm.input_std > 0).all()


def test_bad_values() -> None:
    with pytest.raises(ValueError, match="rows of 3-vectors"):
        vector_statistics(torch.zeros(10, 4))
    with pytest.raises(ValueError, match="NaN or infinity"):
        vector_statistics(torch.full((10, 3), torch.nan))

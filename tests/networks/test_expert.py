import pytest
import torch

from hyperdynamics_core.networks.expert import (
    ExpertArchitecture,
    Normalisation,
    apply_expert,
    flatten,
    fold_normalisation,
    initial_weights,
    input_map,
    unflatten,
    with_input_map,
)

ARCHITECTURE = ExpertArchitecture((12, 32, 32, 32, 15))


def test_the_papers_expert_has_3023_weights() -> None:
    assert ARCHITECTURE.n_weights == 3023
    assert initial_weights(ARCHITECTURE).shape == (3023,)


def test_flatten_inverts_unflatten() -> None:
    weights = torch.randn(4, ARCHITECTURE.n_weights)
    assert torch.equal(flatten(unflatten(weights, ARCHITECTURE)), weights)


def test_own_weights_for_each_row_equal_one_expert_at_a_time() -> None:
    weights, inputs = 0.2 * torch.randn(4, ARCHITECTURE.n_weights), torch.randn(4, 12)
    rows = [apply_expert(weights[row], inputs[row], ARCHITECTURE) for row in range(4)]
    torch.testing.assert_close(apply_expert(weights, inputs, ARCHITECTURE), torch.stack(rows))


def test_shift_is_a_first_bias() -> None:
    weights, shift, inputs = initial_weights(ARCHITECTURE), torch.randn(6, 32), torch.randn(6, 12)
    shifted = weights.expand(6, -1).clone()
    shifted[:, 12 * 32 : 13 * 32] += shift
    torch.testing.assert_close(
        apply_expert(weights, inputs, ARCHITECTURE, shift), apply_expert(shifted, inputs, ARCHITECTURE)
    )


def test_folded_normalisation_maps_physical_units_to_physical_units() -> None:
    norm = Normalisation(torch.randn(12), torch.rand(12) + 0.1, torch.randn(15), torch.rand(15) + 0.1)
    weights, features = torch.randn(3, ARCHITECTURE.n_weights) * 0.2, torch.randn(3, 12)
    inputs = (features - norm.input_mean) / norm.input_std
    expected = apply_expert(weights, inputs, ARCHITECTURE) * norm.output_std + norm.output_mean
    folded = fold_normalisation(weights, ARCHITECTURE, norm)
    torch.testing.assert_close(apply_expert(folded, features, ARCHITECTURE), expected, rtol=1e-4, atol=1e-4)


def test_weights_of_another_architecture_are_refused() -> None:
    with pytest.raises(ValueError, match="has 3023 weights, got 3022"):
        unflatten(torch.zeros(3022), ARCHITECTURE)
    with pytest.raises(ValueError, match="activation must be"):
        ExpertArchitecture((1, 2), "tanh")
    with pytest.raises(ValueError, match="input_clamp must be 0 .none. or a positive number, got -1"):
        ExpertArchitecture((1, 2), input_clamp=-1)


CLAMPED = ExpertArchitecture((12, 16, 15), "relu", input_clamp=2.0)


def test_a_clamped_expert_starts_with_scale_and_shift_of_its_inputs() -> None:
    weights = with_input_map(torch.randn(3, CLAMPED.unclamped.n_weights), CLAMPED)
    assert weights.shape == (3, CLAMPED.n_weights) and CLAMPED.n_weights == 24 + 13 * 16 + 17 * 15
    assert initial_weights(CLAMPED).shape == (CLAMPED.n_weights,)
    maps = input_map(weights, CLAMPED)
    assert maps is not None and (maps[0] == 1).all() and (maps[1] == 0).all()
    assert torch.equal(flatten(unflatten(weights, CLAMPED), maps), weights)
    assert ARCHITECTURE.unclamped is ARCHITECTURE and input_map(weights, CLAMPED.unclamped) is None


def test_folding_keeps_the_clamp_where_it_is() -> None:
    norm = Normalisation(torch.randn(12), torch.rand(12) + 0.1, torch.randn(15), torch.rand(15) + 0.1)
    inner, features = 0.2 * torch.randn(3, CLAMPED.unclamped.n_weights), 3.0 * torch.randn(3, 7, 12)
    inputs = ((features - norm.input_mean) / norm.input_std).clamp(-2.0, 2.0)
    folded = fold_normalisation(with_input_map(inner, CLAMPED), CLAMPED, norm)
    for row in range(3):
        expected = apply_expert(inner[row], inputs[row], CLAMPED.unclamped) * norm.output_std + norm.output_mean
        torch.testing.assert_close(apply_expert(folded[row], features[row], CLAMPED), expected, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(apply_expert(folded, features, CLAMPED)[row], expected, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(
        apply_expert(folded, features[:, 0], CLAMPED), apply_expert(folded, features, CLAMPED)[:, 0]
    )
    far = apply_expert(folded[0], 1e4 * torch.ones(12), CLAMPED)
    torch.testing.assert_close(far, apply_expert(folded[0], 1e6 * torch.ones(12), CLAMPED))

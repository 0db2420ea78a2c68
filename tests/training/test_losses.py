import pytest
import torch

from hyperdynamics_core.training.losses import PredictionLossConfig, prediction_loss


@pytest.mark.parametrize("kind", ["robust", "squared"])
def test_zero_at_the_truth_and_position_weighs_more(kind: str) -> None:
    config, truth = PredictionLossConfig(kind=kind), torch.randn(10, 15)
    assert prediction_loss(truth, truth, config) == 0
    wrong_position, wrong_rod = truth.clone(), truth.clone()
    wrong_position[:, 0] += 1.0
    wrong_rod[:, 12] += 1.0
    ratio = prediction_loss(wrong_position, truth, config) / prediction_loss(wrong_rod, truth, config)
    assert float(ratio) == pytest.approx(config.first_vector_weight)


def test_robust_grows_with_the_length_of_the_error_in_any_direction() -> None:
    config = PredictionLossConfig(smoothing=1e-3, first_vector_weight=4.0)
    truth, far = torch.zeros(1, 15), torch.zeros(1, 15)
    far[0, :3] = torch.tensor([3.0, 0.0, 4.0])
    assert float(prediction_loss(far, truth, config)) == pytest.approx(5.0 * 4.0 / 8.0, rel=1e-3)


def test_bad_configuration() -> None:
    with pytest.raises(ValueError, match="robust.*squared.*'huber'"):
        PredictionLossConfig(kind="huber")
    with pytest.raises(ValueError, match="must be positive"):
        PredictionLossConfig(first_vector_weight=0.0)

"""Which losses a batch has, what each weighs, and what reaches the encoder."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from hyperdynamics_core.data.push_batches import BatchConfig, PushBatch, PushBatches
from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.training import push_setup
from hyperdynamics_core.training.losses import physics_loss
from hyperdynamics_core.training.push_config import LossWeights, PushTrainConfig
from hyperdynamics_core.training.push_loss import PushLoss, batch_codes, predict
from tests.training.examples import write_pushes

XYZ = PushTrainConfig(data=(), out=Path("unused"), method="xyz", position_noise=0.0)
SIZES = MethodConfig(interaction_encoder="set", auxiliary_physics=True)


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> push_setup.PushSamples:
    return push_setup.load_samples((write_pushes(tmp_path_factory.mktemp("loss") / "data"),))


def drawn(samples: push_setup.PushSamples, dropout: float = 0.0) -> PushBatch:
    config = BatchConfig(size=16, group_size=4, interaction_dropout=dropout)
    return PushBatches(samples, config).draw(torch.Generator().manual_seed(0))


def made(samples: push_setup.PushSamples, name: str = "xyz") -> LearnedMethod:
    config = replace(XYZ, method=name, sizes=replace(SIZES, n_vis=0))
    return push_setup.make_networks(config, samples, ()).method


def test_a_prediction_without_error_costs_nothing(samples: push_setup.PushSamples) -> None:
    method, batch = made(samples), drawn(samples)
    z_int, z_vis, sighting = batch_codes(method, batch, None, None, torch.Generator())
    assert sighting is None and z_int.shape == (16, 0) and z_vis.shape == (4, 0)
    outputs = predict(method, batch, z_int, z_vis, batch.features)
    right = replace(batch, delta=method.normaliser.physical(outputs).detach())
    loss = PushLoss(XYZ, method)
    generator = torch.Generator().manual_seed(0)
    assert float(loss(0, right, generator)["prediction"].detach()) < 0.06  # the robust loss's smoothing
    assert float(loss(0, batch, generator)["prediction"].detach()) > 0.1


def test_noise_of_the_detection_moves_the_rods_offset_alone(samples: push_setup.PushSamples) -> None:
    loss = PushLoss(replace(XYZ, position_noise=0.01), made(samples))
    features = drawn(samples).features
    noise = loss._seen(features, torch.Generator().manual_seed(0)) - features
    assert noise[:, :2].std() == pytest.approx(0.01, rel=0.5) and torch.equal(noise[:, 2:], torch.zeros(16, 10))


def test_mass_and_friction_teach_the_encoder(samples: push_setup.PushSamples) -> None:
    method, batch = made(samples, "hyperdynamics"), drawn(samples)
    generator = torch.Generator().manual_seed(0)
    losses = {
        weight: PushLoss(replace(XYZ, sizes=SIZES, weights=LossWeights(physics=weight)), method)(0, batch, generator)
        for weight in (0.0, 1.0, 2.0)
    }
    assert "physics" not in losses[0.0]
    assert losses[2.0]["physics"].item() == pytest.approx(2 * losses[1.0]["physics"].item(), rel=1e-5)
    losses[1.0]["physics"].backward()  # type: ignore[no-untyped-call]
    assert method.interaction_encoder is not None
    assert any(p.grad is not None and p.grad.abs().sum() > 0 for p in method.interaction_encoder.parameters())


def test_samples_without_interactions_teach_nothing_about_physics(samples: push_setup.PushSamples) -> None:
    method, batch = made(samples, "hyperdynamics"), drawn(samples)
    encoder = method.interaction_encoder
    assert encoder is not None
    none = replace(batch, step_mask=torch.zeros_like(batch.step_mask))
    assert float(physics_loss(encoder, torch.ones(16, 2), none.physics, none.step_mask)) == 0.0


def test_weights_need_their_parts(samples: push_setup.PushSamples) -> None:
    for weights, words in ((LossWeights(view=1.0), "a decoder"), (LossWeights(detection=1.0), "a detection loss")):
        with pytest.raises(ValueError, match=words):
            PushLoss(replace(XYZ, weights=weights), made(samples))

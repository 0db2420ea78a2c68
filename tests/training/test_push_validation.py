"""Held-out errors: of the object's position, in centimetres, the same at every call."""

from pathlib import Path

import pytest
import torch

from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.training import push_setup
from hyperdynamics_core.training.push_config import PushTrainConfig
from hyperdynamics_core.training.push_validation import Validation, position_errors
from tests.training.examples import write_pushes

CONFIG = PushTrainConfig(data=(), out=Path("unused"), method="xyz")


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> push_setup.PushSamples:
    return push_setup.load_samples((write_pushes(tmp_path_factory.mktemp("validation") / "data"),))


def at_rest(samples: push_setup.PushSamples) -> LearnedMethod:
    """A method that predicts no motion at all."""
    method = push_setup.make_networks(CONFIG, samples, ()).method
    with torch.no_grad():
        for parameter in method.parameters():
            parameter.zero_()
        method.normaliser.output_mean.zero_()
    return method


def test_a_model_that_predicts_rest_errs_by_the_motion(samples: push_setup.PushSamples) -> None:
    errors = Validation(samples, None, CONFIG).error_cm(at_rest(samples))
    motion = 100.0 * samples.delta[:, :3].norm(dim=-1)
    assert errors["all"] == pytest.approx(float(motion.mean()), rel=0.05)
    assert errors["t1"] == pytest.approx(float(motion[:: samples.n_steps].mean()), rel=0.1)


def test_the_same_figures_at_every_call_and_training_goes_on(samples: push_setup.PushSamples) -> None:
    validation, method = Validation(samples, None, CONFIG), at_rest(samples).train()
    assert validation.error_cm(method) == validation.error_cm(method) and method.training


def test_only_the_objects_position_counts() -> None:
    truth = torch.zeros(2, 15)
    wrong = torch.full((2, 15), 9.0)
    wrong[0, :3], wrong[1, :3] = torch.tensor((0.03, 0.04, 0.0)), 0.0
    torch.testing.assert_close(position_errors(wrong, truth), torch.tensor((0.05, 0.0)))

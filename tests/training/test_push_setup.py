"""What a run is built from, and what does not go together."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.training import push_setup
from hyperdynamics_core.training.push import PushTrainer
from hyperdynamics_core.training.push_config import LossWeights, PushTrainConfig
from hyperdynamics_core.training.shape_sources import FrozenShapes, LiveShapes
from tests.training.examples import write_crops, write_pushes


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> PushTrainConfig:
    path = tmp_path_factory.mktemp("setup")
    data, crops = write_pushes(path / "data"), write_crops(path / "crops")
    return PushTrainConfig(data=(data,), out=path / "run", crops=(crops,))


def test_networks_come_from_the_seed_and_normalise_the_data(config: PushTrainConfig) -> None:
    samples, pools = push_setup.load_samples(config.data), push_setup.open_pools(config)
    built = [push_setup.make_networks(replace(config, seed=seed), samples, pools) for seed in (3, 3, 4)]
    weights = [torch.cat([p.flatten() for p in networks.method.parameters()]) for networks in built]
    assert torch.equal(weights[0], weights[1]) and not torch.equal(weights[0], weights[2])
    inputs = built[0].method.normaliser.inputs(samples.features)
    assert inputs.std(0)[0] == pytest.approx(1.0, abs=0.3) and built[0].perception is not None


@pytest.mark.parametrize("fine_tune", [False, True])
def test_a_frozen_encoder_gets_codes_once_and_one_that_learns_anew(config: PushTrainConfig, fine_tune: bool) -> None:
    wanted = replace(config, fine_tune_encoder=fine_tune)
    samples, pools = push_setup.load_samples(config.data), push_setup.open_pools(config)
    method = push_setup.make_networks(wanted, samples, pools).method
    assert method.shape_encoder is not None
    assert all(p.requires_grad is fine_tune for p in method.shape_encoder.parameters())
    sampler = push_setup.make_sampler(wanted, pools, samples, method)
    assert isinstance(push_setup.shape_source(wanted, method, sampler), LiveShapes if fine_tune else FrozenShapes)


def test_a_blind_method_needs_no_crops(config: PushTrainConfig) -> None:
    wanted = replace(config, method="xyz", crops=())
    samples = push_setup.load_samples(config.data)
    networks = push_setup.make_networks(wanted, samples, ())
    assert networks.perception is None and push_setup.make_sampler(wanted, (), samples, networks.method) is None
    assert push_setup.shape_source(wanted, networks.method, None) is None


def test_what_does_not_go_together_is_refused(config: PushTrainConfig, tmp_path: Path) -> None:
    samples = push_setup.load_samples(config.data)
    with pytest.raises(ValueError, match="give crop pools"):
        push_setup.make_networks(replace(config, crops=()), samples, ())
    with pytest.raises(ValueError, match="needs scenes"):
        push_setup.make_detection(replace(config, weights=LossWeights(detection=1.0)), None)
    assert push_setup.make_detection(config, None) is None
    odd = write_crops(tmp_path / "odd")
    meta = json.loads((odd / "meta.json").read_text())
    (odd / "meta.json").write_text(json.dumps(meta | {"maps": {"crop_form": "paper"}}))
    with pytest.raises(ValueError, match="other settings than"):
        push_setup.open_pools(replace(config, crops=(*config.crops, odd)))


def test_unknown_methods_and_devices_are_named_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="method is 'bogus'; it must be one of direct, .*xyz"):
        PushTrainConfig(data=(tmp_path / "none",), out=tmp_path, method="bogus")
    with pytest.raises(ValueError, match=r"device is 'bogus', where torch cannot compute \(Expected one of cpu"):
        PushTrainer(PushTrainConfig(data=(tmp_path / "none",), out=tmp_path, device="bogus"))


def test_sizes_of_another_perception_are_refused(config: PushTrainConfig, tmp_path: Path) -> None:
    pools, samples = push_setup.open_pools(config), push_setup.load_samples(config.data)
    perception = push_setup.make_networks(config, samples, pools).perception
    assert perception is not None
    perception.save(tmp_path / "eyes", {}, {}, "abc")
    wanted = replace(config, perception=tmp_path / "eyes", sizes=MethodConfig(n_vis=16))
    with pytest.raises(ValueError, match="has codes of 8 .* the method wants 16"):
        push_setup.make_networks(wanted, samples, pools)

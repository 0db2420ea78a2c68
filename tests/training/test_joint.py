"""The paper's joint schedule on real rendered scenes."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from hyperdynamics_core.data.push_batches import BatchConfig
from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.training.joint import paper_schedule
from hyperdynamics_core.training.push import PushTrainer
from hyperdynamics_core.training.push_config import LossWeights, PushTrainConfig
from hyperdynamics_core.vision.perception import Perception
from sim_bridges.pushing.scene_pool import ScenePoolConfig, make_pool
from tests.training.examples import write_crops, write_pushes


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> PushTrainConfig:
    folder: Path = tmp_path_factory.mktemp("joint")
    make_pool(ScenePoolConfig("seen", folder / "scenes", scenes=4, seed=0))
    base = PushTrainConfig(
        data=(write_pushes(folder / "train"),),
        out=folder / "run",
        crops=(write_crops(folder / "crops"),),
        shape_crops=write_crops(folder / "shapes", names=("a", "b"), seed=2),
        scenes=folder / "scenes",
    )
    return paper_schedule(base)


def test_the_papers_numbers(config: PushTrainConfig) -> None:
    assert (config.steps, config.optimiser.learning_rate) == (500_000, 1e-3)
    assert config.batch == BatchConfig(size=8, interaction_dropout=0.0)
    assert config.weights.detection == config.weights.view == 1.0 and config.loss.kind == "squared"


def test_all_three_losses_train_their_networks(config: PushTrainConfig) -> None:
    trainer = PushTrainer(replace(config, steps=2, log_every=1, save_every=2))
    assert trainer.perception is not None
    networks = trainer.perception.networks
    before = {name: value.clone() for name, value in networks.named_parameters()}
    values = [trainer.advance(), trainer.advance()]
    assert all({"loss/prediction", "loss/detection", "loss/view"} <= line.keys() for line in values)
    changed = {
        name.split(".")[0] for name, value in networks.named_parameters() if not torch.equal(value, before[name])
    }
    assert changed == {"detector", "encoder", "decoder"}
    stored = Perception.load(config.out / "perception").networks
    for name, value in networks.state_dict().items():
        assert torch.equal(value, stored.state_dict()[name]), name


def test_a_blind_method_trains_on_the_papers_schedule_without_perception(
    config: PushTrainConfig, tmp_path: Path
) -> None:
    base = replace(config, method="xyz", crops=(), shape_crops=None, scenes=None, out=tmp_path)
    blind = replace(paper_schedule(base), steps=1, log_every=1, save_every=1)
    assert blind.weights == LossWeights() and not blind.fine_tune_encoder
    assert paper_schedule(replace(config, sizes=MethodConfig(n_vis=0))).weights == LossWeights()
    assert PushTrainer(blind).advance()["loss/prediction"] > 0

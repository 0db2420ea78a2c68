"""Going on with a trained model: what is taken from it, what is refused, and that a stopped run goes on exactly."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from hyperdynamics_core.checkpoints import CheckpointError
from hyperdynamics_core.data.shards import read_shard, shard_path, write_shard
from hyperdynamics_core.data.trajectories import read_header, write_header
from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.methods.storage import load_method
from hyperdynamics_core.training.push import PushTrainer, train
from hyperdynamics_core.training.push_config import LossWeights, PushTrainConfig
from tests.training.examples import write_crops, write_pushes
from tests.training.test_push import config


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("start")
    write_pushes(path / "train", systems=12)
    write_pushes(path / "other", systems=6, seed=3)
    write_crops(path / "crops")
    train(config(path, path / "first", steps=3, save_every=3), quiet=True)
    return path


def going_on(folder: Path, out: Path, **changes: object) -> PushTrainConfig:
    wanted = {"data": (folder / "other",), "start": folder / "first" / "model", "sizes": MethodConfig(), **changes}
    return config(folder, out, **wanted)


def test_weights_statistics_and_sizes_are_the_start(folder: Path, tmp_path: Path) -> None:
    trainer = PushTrainer(going_on(folder, tmp_path / "run"))
    before = load_method(folder / "first" / "model")
    assert trainer.config.sizes == before.method.requested_config != MethodConfig()
    for name, value in before.method.state_dict().items():
        assert torch.equal(value, trainer.method.state_dict()[name]), name
    trainer.advance()
    after, statistics = trainer.method.state_dict(), dict(before.method.normaliser.named_buffers())
    assert any(not torch.equal(value, after[name]) for name, value in before.method.state_dict().items())
    assert all(torch.equal(value, after[f"normaliser.{name}"]) for name, value in statistics.items())


def test_a_stopped_run_goes_on_to_the_same_weights_and_the_card_says_where_it_began(
    folder: Path, tmp_path: Path
) -> None:
    train(going_on(folder, tmp_path / "through"), quiet=True)
    stopped = PushTrainer(going_on(folder, tmp_path / "stopped"))
    for _ in range(4):
        stopped.advance()
    train(going_on(folder, tmp_path / "stopped"), quiet=True)
    through, resumed = (load_method(tmp_path / name / "model") for name in ("through", "stopped"))
    for name, value in through.method.state_dict().items():
        assert torch.equal(value, resumed.method.state_dict()[name]), name
    start = load_method(folder / "first" / "model")
    card = (tmp_path / "through" / "model" / "CARD.md").read_text()
    assert "Started from" in card and start.sha256 in card
    assert through.info.config["start_sha256"] == start.sha256
    assert through.info.data_fingerprint != start.info.data_fingerprint


def test_another_start_does_not_resume(folder: Path, tmp_path: Path) -> None:
    train(going_on(folder, tmp_path / "run", steps=3), quiet=True)
    with pytest.raises(CheckpointError, match="another configuration .*start"):
        train(going_on(folder, tmp_path / "run", steps=3, start=tmp_path / "run" / "model"), quiet=True)


def test_runs_of_before_there_was_a_start_go_on(folder: Path, tmp_path: Path) -> None:
    PushTrainer(config(folder, tmp_path / "run")).save()
    state = json.loads((tmp_path / "run" / "states" / "last" / "model.json").read_text())
    assert "start" not in state["config"]


def test_what_does_not_fit_the_start_is_refused(folder: Path, tmp_path: Path) -> None:
    wanted = going_on(folder, tmp_path / "run")
    with pytest.raises(ValueError, match="holds the method 'hyperdynamics', so 'xyz' cannot go on from it"):
        PushTrainer(replace(wanted, method="xyz"))
    with pytest.raises(ValueError, match="interaction_encoder set where gru is asked for"):
        PushTrainer(replace(wanted, sizes=MethodConfig(interaction_encoder="gru")))
    with pytest.raises(CheckpointError, match="no checkpoint at"):
        PushTrainer(replace(wanted, start=folder / "nowhere"))
    other = write_crops(tmp_path / "crops")
    meta = json.loads((other / "meta.json").read_text())
    (other / "meta.json").write_text(json.dumps(meta | {"maps": {"crop_form": "coarse"}}))
    with pytest.raises(ValueError, match="trained on feature maps .*fine.*the crops have .*coarse"):
        PushTrainer(replace(wanted, crops=(other,)))


def test_nothing_learns_from_what_is_not_known(folder: Path, tmp_path: Path) -> None:
    recorded = write_pushes(tmp_path / "recorded")
    header = read_header(recorded)
    write_header(recorded, {name: value for name, value in header.items() if name not in ("format", "version")}
                 | {"hidden_known": False})  # fmt: skip
    shard, meta = read_shard(shard_path(recorded, 0))
    write_shard(shard_path(recorded, 0), replace(shard, mass=0 * shard.mass, friction=0 * shard.friction), meta)
    sizes = MethodConfig(interaction_encoder="set", auxiliary_physics=True)
    with pytest.raises(ValueError, match="mass and friction are not known .*set it to 0"):
        PushTrainer(config(folder, tmp_path / "a", data=(recorded,), weights=LossWeights(physics=0.1), sizes=sizes))
    with pytest.raises(ValueError, match="mass and friction are not known"):
        both = (folder / "train", recorded)
        PushTrainer(config(folder, tmp_path / "a", data=both, weights=LossWeights(physics=0.1), sizes=sizes))
    PushTrainer(config(folder, tmp_path / "b", data=(recorded,))).advance()
    pool = write_crops(tmp_path / "crops")
    document = json.loads((pool / "meta.json").read_text())
    (pool / "meta.json").write_text(json.dumps(document | {"masks_known": False}))
    view = {"weights": LossWeights(view=1.0), "fine_tune_encoder": True}
    with pytest.raises(ValueError, match="true masks are not known: L_vp cannot learn from them"):
        PushTrainer(config(folder, tmp_path / "c", crops=(pool,), **view))
    with pytest.raises(ValueError, match="true masks are not known"):
        PushTrainer(config(folder, tmp_path / "d", shape_crops=pool, **view))

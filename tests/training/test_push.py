"""Training end to end on tiny real files: losses fall, a resumed run equals an uninterrupted one, models load."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from hyperdynamics_core.checkpoints import CheckpointError
from hyperdynamics_core.data.push_batches import BatchConfig
from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.methods.context import Context, ObjectMap
from hyperdynamics_core.methods.storage import load_method
from hyperdynamics_core.training.push import PushTrainer, schedule, train
from hyperdynamics_core.training.push_config import LossWeights, OptimiserConfig, PushTrainConfig
from hyperdynamics_core.training.run_log import read_log
from hyperdynamics_core.vision.perception import Perception
from tests.methods.examples import random_states
from tests.training.examples import without, write_crops, write_pushes


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("training")
    write_pushes(path / "train", systems=12)
    write_pushes(path / "held-out", systems=6, seed=1)
    write_crops(path / "crops")
    write_crops(path / "shapes", names=("a", "b"), seed=2)
    return path


def config(folder: Path, out: Path, **changes: object) -> PushTrainConfig:
    base = PushTrainConfig(
        data=(folder / "train",),
        out=out,
        crops=(folder / "crops",),
        batch=BatchConfig(size=16, group_size=4, random_interactions=True),
        sizes=MethodConfig(interaction_encoder="set"),
        optimiser=OptimiserConfig(warm_up=2),
        steps=6,
        log_every=1,
        validate_every=6,
        save_every=3,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def test_learns_and_leaves_a_model_log_and_board(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    wanted = config(folder, out, method="xyz", steps=150, validation=(folder / "held-out",), validate_every=75)
    assert train(wanted, quiet=True) == out
    log = read_log(out / "log.jsonl")
    assert log[-1]["loss/prediction"] < 0.6 * log[0]["loss/prediction"]
    for kind in ("t1", "all"):
        assert 0 < log[-1][f"error_cm/held-out/{kind}"] < log[74][f"error_cm/held-out/{kind}"]
    assert json.loads((out / "config.json").read_text())["method"] == "xyz"
    assert list((out / "tensorboard").iterdir())
    stored = load_method(out / "model")
    assert stored.method.name == "xyz" and stored.info.data_fingerprint == "seed0"
    assert stored.info.metrics["error_cm/held-out/t1"] == log[-1]["error_cm/held-out/t1"]


@pytest.mark.parametrize("fine_tune", [False, True])
def test_resumed_run_equals_an_uninterrupted_one(folder: Path, tmp_path: Path, fine_tune: bool) -> None:
    weights = LossWeights(view=0.5 if fine_tune else 0.0, physics=0.1)
    wanted = config(
        folder,
        tmp_path / "through",
        fine_tune_encoder=fine_tune,
        shape_crops=folder / "shapes",
        weights=weights,
        sizes=MethodConfig(interaction_encoder="set", auxiliary_physics=True),
        position_noise=0.002,
    )
    train(wanted, quiet=True)
    stopped = replace(wanted, out=tmp_path / "stopped")
    first = PushTrainer(replace(stopped))
    for _ in range(4):  # saved at 3, killed after 4
        first.advance()
    train(stopped, quiet=True)
    through, resumed = (load_method(tmp_path / name / "model") for name in ("through", "stopped"))
    for name, value in through.method.state_dict().items():
        assert torch.equal(value, resumed.method.state_dict()[name]), name
    last = [line for line in read_log(tmp_path / "through" / "log.jsonl") if line["step"] > 3]
    assert last == read_log(tmp_path / "stopped" / "log.jsonl")
    assert (tmp_path / "stopped" / "states" / "last").resolve().name == "step-00000006"


def test_model_predicts_the_same_after_loading(folder: Path, tmp_path: Path) -> None:
    trainer = PushTrainer(config(folder, tmp_path / "run", method="direct-large", fine_tune_encoder=True))
    for _ in range(3):
        trainer.advance()
    stored = load_method(tmp_path / "run" / "model")
    generator = torch.Generator().manual_seed(0)
    crop = ObjectMap(torch.rand(2, 16, 32, 32, generator=generator), 0.3)
    states, actions = random_states(5, generator), 0.04 * torch.randn(5, 3, generator=generator)
    before, after = (
        method.adapt(Context(None, method.see(crop, exact=True))).predict(states, actions)
        for method in (trainer.method.eval(), stored.method)
    )
    assert torch.equal(before, after)
    assert stored.maps == {"crop_form": "fine"}


def test_frozen_encoder_stays_and_a_learning_one_changes(folder: Path, tmp_path: Path) -> None:
    for fine_tune in (False, True):
        trainer = PushTrainer(config(folder, tmp_path / str(fine_tune), fine_tune_encoder=fine_tune))
        assert trainer.method.shape_encoder is not None
        before = [parameter.clone() for parameter in trainer.method.shape_encoder.parameters()]
        trainer.advance()
        after = list(trainer.method.shape_encoder.parameters())
        assert any(not torch.equal(old, new) for old, new in zip(before, after, strict=True)) == fine_tune


class TinyDetection(nn.Module):
    """A detection loss of one number, for the joint schedule."""

    def __init__(self) -> None:
        super().__init__()
        self.guess = nn.Parameter(torch.zeros(1))

    def forward(self, generator: torch.Generator) -> Tensor:
        return (self.guess - torch.rand(1, generator=generator)).square().sum()


def test_joint_schedule_adds_detection_and_views(folder: Path, tmp_path: Path) -> None:
    wanted = config(
        folder,
        tmp_path / "joint",
        fine_tune_encoder=True,
        shape_crops=folder / "shapes",
        weights=LossWeights(detection=1.0, view=1.0),
    )
    detection = TinyDetection()
    train(wanted, detection, quiet=True)
    log = read_log(tmp_path / "joint" / "log.jsonl")
    assert {"loss/prediction", "loss/view", "loss/detection"} <= log[0].keys()
    assert detection.guess != 0
    encoder = Perception.load(tmp_path / "joint" / "perception").networks.encoder
    trained = load_method(tmp_path / "joint" / "model").method.shape_encoder
    assert trained is not None
    for ours, theirs in zip(trained.parameters(), encoder.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    with pytest.raises(ValueError, match="weights.detection above 0 needs scenes"):
        PushTrainer(replace(wanted, out=tmp_path / "none"))


def refused(folder: Path, out: Path) -> Mapping[str, PushTrainConfig]:
    return {
        "give crop pools": config(folder, out, crops=()),
        "no crops of": config(folder, out, crops=(folder / "shapes",)),
        "needs crops, a decoder and fine_tune_encoder": config(folder, out, weights=LossWeights(view=1.0)),
        "no checkpoint at": config(folder, out, perception=folder / "nowhere"),
    }


@pytest.mark.parametrize(
    "reason",
    [
        "give crop pools",
        "no crops of",
        "needs crops, a decoder and fine_tune_encoder",
        "no checkpoint at",
    ],
)
def test_what_does_not_fit_is_refused(folder: Path, tmp_path: Path, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        PushTrainer(refused(folder, tmp_path / "out")[reason])


def test_another_configuration_does_not_resume(folder: Path, tmp_path: Path) -> None:
    wanted = config(folder, tmp_path / "run", method="xyz", steps=3)
    train(wanted, quiet=True)
    with pytest.raises(CheckpointError, match="another configuration .seed: 0 there, 7 now."):
        train(replace(wanted, seed=7), quiet=True)


def test_a_run_that_an_older_version_began_goes_on(folder: Path, tmp_path: Path) -> None:
    """It wrote none of the entries that have come since."""
    wanted = config(folder, tmp_path / "run", method="xyz", steps=3)
    train(wanted, quiet=True)
    without(tmp_path / "run/states/last", "rank")
    trainer = PushTrainer(wanted)
    trainer.resume()
    assert trainer.step == 3
    without(tmp_path / "run/states/last", "seed")
    with pytest.raises(CheckpointError, match="another configuration .seed: 0 there, 7 now."):
        train(replace(wanted, seed=7), quiet=True)


def test_schedule_rises_and_falls() -> None:
    rates = [schedule(OptimiserConfig(warm_up=10), step, 100) for step in range(100)]
    assert rates[0] == pytest.approx(0.1, rel=0.01) and max(rates) > 0.95 and rates[-1] < 0.001
    assert schedule(OptimiserConfig(warm_up=10, cosine=False), 99, 100) == 1.0

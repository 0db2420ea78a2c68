import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from hyperdynamics_core.checkpoints import MODEL, CheckpointError
from hyperdynamics_core.data.array_folder import DataFolderError
from hyperdynamics_core.data.episodes import EpisodeWriter
from hyperdynamics_core.evaluation.rollout_error import RolloutErrorConfig
from hyperdynamics_core.methods.config import locomotion_sizes
from hyperdynamics_core.methods.storage import load_method
from hyperdynamics_core.training.dynamics_config import FitConfig
from hyperdynamics_core.training.fixed_data import METHODS, METRICS, FixedDataConfig, run, split_episodes
from tests.data.episode_examples import GAIN, gain_episodes
from tests.training.examples import without
from tests.training.test_dynamics import CONFIG

SIZES = locomotion_sizes(hidden_sizes=(8, 8), n_interactions=6, encoder_hidden=16)


def folder(path: Path, seed: int, physics: str = "gain", count: int = 20) -> Path:
    writer = EpisodeWriter(path, GAIN, {"task": physics}, ("gain",))
    for episode in gain_episodes(count, steps=40, seed=seed):
        writer.add(**episode.arrays(), spec=episode.spec)
    return path


@pytest.fixture
def config(tmp_path: Path) -> FixedDataConfig:
    return FixedDataConfig(
        (folder(tmp_path / "seen", 0),),
        tmp_path / "out",
        (folder(tmp_path / "novel", 1),),
        methods=("hyperdynamics", "global", "told"),
        seeds=(0, 1),
        sizes=SIZES,
        fit=FitConfig(CONFIG, updates=40, validate_every=20),
        errors=RolloutErrorConfig((1, 5), stride=5),
    )


def test_a_table_of_methods_and_seeds_that_goes_on_where_it_stopped(config: FixedDataConfig) -> None:
    lines: list[str] = []
    half = run(replace(config, methods=("global",), seeds=(0,)), GAIN, lines.append)
    document = run(config, GAIN, lines.append)
    assert len(lines) == 6 and set(document["methods"]) == {"hyperdynamics", "global", "told"}
    assert json.loads((config.out / METRICS).read_text()) == json.loads(json.dumps(document))
    assert document["episodes"] == {"training": 13, "validation": 3, "test": 4, "seen": 4, "novel": 20}
    for name, figures in document["methods"].items():
        for split in ("seen", "novel"):
            assert set(figures[split]) == ({"own"} if name == "global" else {"own", "swap", "none"})
            low, high = figures[split]["own"]["t5"]["normalised"]["ci95"]
            assert 0 < low < figures[split]["own"]["t5"]["normalised"]["mean"] < high
    assert half["methods"]["global"]["parameters"] == document["methods"]["global"]["parameters"]
    assert run(config, GAIN, lines.append) == document and len(lines) == 6
    with pytest.raises(CheckpointError, match="another configuration or data"):
        run(replace(config, fit=FitConfig(CONFIG, updates=60)), GAIN)


def test_what_an_older_version_trained_is_taken(config: FixedDataConfig) -> None:
    """It wrote none of the entries that have come since: neither its model nor its half-done run is of another kind."""
    config = replace(config, methods=("hyperdynamics",), seeds=(0, 1))
    document = run(config, GAIN)
    for path in config.out.rglob(MODEL):
        without(path.parent, "physics_weight", "rank")
    shutil.rmtree(config.out / "hyperdynamics/seed-1/model")
    lines: list[str] = []
    assert run(config, GAIN, lines.append) == document and len(lines) == 1


def test_a_trained_model_is_gone_on_with(config: FixedDataConfig, tmp_path: Path) -> None:
    run(replace(config, methods=("hyperdynamics",), seeds=(0,), fit=FitConfig(CONFIG, updates=200)), GAIN)
    start = config.out / "hyperdynamics/seed-0/model"
    trained = load_method(start, GAIN)
    other = replace(
        config, data=(folder(tmp_path / "other", 7),), out=tmp_path / "tuned", start=start, seeds=(0,), methods=METHODS
    )
    tuned = run(replace(other, fit=FitConfig(CONFIG, updates=100, validate_every=20)), GAIN)
    again = load_method(tmp_path / "tuned/hyperdynamics/seed-0/model", GAIN)
    assert set(tuned["methods"]) == {"hyperdynamics"} and again.sha256 != trained.sha256
    assert again.info.config["start"] == trained.sha256
    assert torch.equal(again.method.normaliser.input_std, trained.method.normaliser.input_std)
    fresh = run(
        replace(
            other, out=tmp_path / "fresh", start=None, methods=("hyperdynamics",), fit=FitConfig(CONFIG, updates=20)
        ),
        GAIN,
    )
    errors = [each["methods"]["hyperdynamics"]["seen"]["own"]["t1"]["normalised"]["mean"] for each in (tuned, fresh)]
    assert errors[0] < errors[1]
    useless = FitConfig(replace(CONFIG, learning_rate=10.0), updates=20, validate_every=20)
    run(replace(other, out=tmp_path / "useless", fit=useless), GAIN)
    assert load_method(tmp_path / "useless/hyperdynamics/seed-0/model", GAIN).sha256 == trained.sha256
    with pytest.raises(ValueError, match="holds 'hyperdynamics', so no other method can go on"):
        run(replace(other, out=tmp_path / "wrong", methods=("global",)), GAIN)


def test_splits_are_whole_episodes_and_disjoint(config: FixedDataConfig) -> None:
    splits = split_episodes(gain_episodes(20), config)
    specs = [episode.spec for part in (splits.training, splits.validation, splits.test) for episode in part]
    assert len(specs) == len(set(specs)) == 20
    with pytest.raises(ValueError, match="2 episodes are too few"):
        split_episodes(gain_episodes(2), config)
    with pytest.raises(ValueError, match="shares that leave some"):
        replace(config, test=0.9)


def test_other_physics_are_not_mixed_in(config: FixedDataConfig, tmp_path: Path) -> None:
    other = folder(tmp_path / "other", 3, physics="ice")
    with pytest.raises(DataFolderError, match="must not be mixed"):
        run(replace(config, novel=(other,)), GAIN)

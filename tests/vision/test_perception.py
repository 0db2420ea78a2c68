import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from hyperdynamics_core.checkpoints import CheckpointError, document_sha256
from hyperdynamics_core.networks.detector_config import DetectorConfig
from hyperdynamics_core.networks.shape import ShapeConfig
from hyperdynamics_core.vision.frames import FrameError
from hyperdynamics_core.vision.maps import MapConfig
from hyperdynamics_core.vision.perception import Perception, PerceptionNetworks
from tests.vision.scenes import ROD_AWAY, see, standing

MODEL = Path(__file__).parents[2] / "models" / "push-perception"


@pytest.fixture(scope="module")
def perception():
    return Perception.load(MODEL)


@pytest.mark.parametrize("view", [0, 4, 7])
def test_novel_objects_are_found_where_they_are(perception, view):
    bodies = [standing("mug/05", 0.1, 0.12, 0.5), standing("mit/tri2", -0.05, -0.15, 2.0)]
    found = perception.detect(see(bodies, view))
    assert len(found) == 2 and found[0].score >= found[1].score > 0.5
    for body in bodies:
        nearest = min(found, key=lambda detection: np.linalg.norm(detection.position - body.position))
        assert np.linalg.norm(nearest.position - body.position) < 0.012
        assert np.abs(nearest.size - 2 * np.abs(nearest.centre - nearest.position) - 0.08).max() < 0.09


@pytest.mark.parametrize("view", [1, 6])
def test_an_empty_table_and_the_rod_alone_hold_no_object(perception, view):
    assert perception.detect(see([], view, None)) == []
    assert perception.detect(see([], view, ROD_AWAY)) == []


def test_the_object_is_found_with_the_rod_against_it(perception):
    body = standing("camera/05", 0.0, 0.05, 1.0)
    found = perception.detect(see([body], 3, np.array([-0.075, 0.05, 0.012])))
    assert len(found) == 1 and np.linalg.norm(found[0].position - body.position) < 0.012


def test_the_decoder_draws_the_object_seen(perception):
    from sim_bridges.pushing.rendering import top_down_mask

    body = standing("mit/hex", 0.05, 0.0, 0.3)
    crop = perception.crop(see([body]), body.position, yaw=0.3)
    assert crop.yaw == 0.3 and crop.features.shape == (2, 16, 32, 32)
    with torch.inference_mode():
        drawn = perception.networks.decoder(perception.networks.encoder(crop.features[None]))[0].numpy() > 0
    truth = top_down_mask(body.surface, 0.3) > 0.5
    assert (drawn & truth).sum() / (drawn | truth).sum() > 0.8


def test_bad_frames_and_positions_are_refused(perception):
    frame = see([])
    empty = dataclasses.replace(frame, depth=np.zeros_like(frame.depth))
    with pytest.raises(FrameError, match="0 everywhere"):
        perception.detect(empty)
    with pytest.raises(FrameError, match="0 everywhere"):
        perception.crop(empty, (0.0, 0.0))
    with pytest.raises(ValueError, match="finite"):
        perception.crop(frame, (np.nan, 0.0))


def test_save_and_load_give_the_same_detections(tmp_path):
    torch.manual_seed(0)
    made = Perception(PerceptionNetworks(DetectorConfig(threshold=0.0), ShapeConfig(code_size=16)), MapConfig())
    sha = made.save(tmp_path / "model", {"steps": 1}, {"recall": 0.5}, "abc", "\nMore words.\n")
    loaded = Perception.load(tmp_path / "model")
    assert loaded.fingerprint == sha and loaded.networks.encoder.config.code_size == 16
    frame = see([standing("mug/01", 0.0, 0.0, 0.0)])
    for one, other in zip(made.detect(frame), loaded.detect(frame), strict=True):
        np.testing.assert_array_equal(one.position, other.position)
    assert "More words." in (tmp_path / "model" / "CARD.md").read_text()


def test_checkpoints_that_do_not_fit_are_refused(tmp_path):
    made = Perception(PerceptionNetworks(DetectorConfig(), ShapeConfig()), MapConfig())
    made.save(tmp_path / "model", {}, {}, "")
    path = tmp_path / "model" / "model.json"
    document = json.loads(path.read_text())
    document["architecture"]["detector"]["eyes"] = 3
    document["document_sha256"] = document_sha256(document)
    path.write_text(json.dumps(document))
    with pytest.raises(CheckpointError, match="eyes"):
        Perception.load(tmp_path / "model")
    with pytest.raises(CheckpointError, match="no checkpoint"):
        Perception.load(tmp_path / "nothing")

import json

import numpy as np
import pytest
import torch

from hyperdynamics_core.data.scenes import ScenePool
from hyperdynamics_core.networks.detector import Detector
from hyperdynamics_core.networks.detector_config import DetectorConfig
from hyperdynamics_core.training import vision
from hyperdynamics_core.training.vision import VisionConfig, code_scale_loss, export, train, view_iou
from hyperdynamics_core.training.vision_batches import crop_batch, scene_batch
from hyperdynamics_core.training.vision_loop import FitConfig, learning_rate
from hyperdynamics_core.training.vision_losses import close_look_loss, scene_loss
from hyperdynamics_core.vision.maps import MapConfig
from hyperdynamics_core.vision.perception import Perception
from sim_bridges.pushing import crop_pool, scene_pool

SHORT = FitConfig(steps=4, rise=2, log_every=1, evaluate_every=2)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    for name, source, seed in (("train", "train", 0), ("seen", "seen", 1), ("novel", "novel", 2)):
        config = scene_pool.ScenePoolConfig(source, folder / f"scenes-{name}", scenes=12, random_shapes=5, seed=seed)
        scene_pool.make_pool(config)
    for name in ("seen", "shapes", "novel"):
        crop_pool.make_pool(crop_pool.CropPoolConfig(name, folder / f"crops-{name}", objects=5, crops=2))
    return folder


def config(data, run, **changes):
    loops = {"detector_fit": SHORT, "look_fit": SHORT, "shape_fit": SHORT}
    return VisionConfig(run=run, data=data, scenes=2, looks=6, shapes=6, **{**loops, **changes})


def test_batches_are_decided_by_their_generator_and_mirroring_moves_labels_along(data):
    pool = ScenePool.open(data / "scenes-train")
    one, two = (scene_batch(pool, 6, MapConfig(), np.random.default_rng(3)) for _ in range(2))
    torch.testing.assert_close(one.scenes, two.scenes)
    for scene, boxes, valid in zip(one.scenes, one.boxes, one.valid, strict=True):
        for box in boxes[valid]:
            x, y = ((box[:2] + 0.32) / 0.02).long()
            around = scene[0, 1:4, max(y - 3, 0) : y + 4, max(x - 3, 0) : x + 4]
            assert around.max() > 0.1, "something stands there"


def test_close_looks_hold_objects_near_their_centre_or_none(data):
    batch = crop_batch(ScenePool.open(data / "scenes-train"), 60, MapConfig(), np.random.default_rng(0))
    present = batch.present > 0
    assert 0.05 < (~present).float().mean() < 0.5
    assert batch.positions[present, :2].abs().max() <= 0.026 and (batch.boxes[present, 3:] > 0.01).all()


def test_losses_fall_on_a_few_scenes(data):
    torch.manual_seed(0)
    pool, detector = ScenePool.open(data / "scenes-train"), Detector(DetectorConfig())
    scenes = scene_batch(pool, 2, MapConfig(), np.random.default_rng(0))
    crops = crop_batch(pool, 8, MapConfig(), np.random.default_rng(0))
    generator = torch.Generator().manual_seed(0)
    optimiser = torch.optim.AdamW(detector.parameters(), 2e-3)
    totals = []
    for _ in range(30):
        losses = scene_loss(detector, scenes, generator) | close_look_loss(detector, crops)
        totals.append({name: float(loss.detach()) for name, loss in losses.items()})
        optimiser.zero_grad()
        sum(losses.values()).backward()
        optimiser.step()
    for name in ("proposals/score", "look/position", "look/box"):
        assert totals[-1][name] < 0.75 * totals[0][name], (name, totals[0], totals[-1])


def test_train_resume_export_load(data, tmp_path, monkeypatch):
    whole = train(config(data, tmp_path / "whole"))
    real, calls = vision.shape_batch, []

    def dies(pools, size, rng):
        calls.append(size)
        if calls.count(6) > 3:
            raise KeyboardInterrupt
        return real(pools, size, rng)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(vision, "shape_batch", dies)
        train(config(data, tmp_path / "killed"))
    again = train(config(data, tmp_path / "killed"))
    assert again["shape"] == whole["shape"] and again["close-look"] == whole["close-look"]
    lines = [json.loads(line) for line in (tmp_path / "whole" / "shape.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines if "view" in line] == [1, 2, 3, 4]
    metrics = export(tmp_path / "whole", tmp_path / "model", data)
    assert metrics["novel/frames"] == 12 and "view_iou_novel" in metrics
    perception = Perception.load(tmp_path / "model")
    assert len(perception.fingerprint) == 64
    card = (tmp_path / "model" / "CARD.md").read_text()
    assert "L_det" not in card and f"train --run {tmp_path}/whole --data {data} --seed" in card
    assert f"export --run {tmp_path}/whole --data {data} --out {tmp_path}/model\n" in card
    perception.detect(ScenePool.open(data / "scenes-novel").frame(0))


def test_learning_rate_rises_and_falls_to_zero():
    rates = [learning_rate(FitConfig(steps=100, rise=10), step) for step in range(101)]
    assert rates[0] == pytest.approx(1e-4) and max(rates) == pytest.approx(1e-3) and rates[100] == pytest.approx(0)


def test_code_scale_and_view_overlap():
    torch.manual_seed(0)
    assert code_scale_loss(torch.randn(5000, 8)) < 0.01 < code_scale_loss(torch.randn(5000, 8) * 2 + 1)
    mask = torch.zeros(1, 32, 32)
    mask[0, :16] = 1
    drawn = torch.full((1, 32, 32), -1.0)
    drawn[0, 8:16] = 1
    assert view_iou(drawn, mask).item() == pytest.approx(0.5)


def test_unknown_parts_are_refused(tmp_path):
    with pytest.raises(ValueError, match="unknown parts .*'nose'"):
        VisionConfig(parts=("nose",))

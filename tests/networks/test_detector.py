import torch

from hyperdynamics_core.networks.detector import DetectedBoxes, Detector
from hyperdynamics_core.networks.detector_config import DetectorConfig
from hyperdynamics_core.networks.detector_heads import anchor_boxes
from hyperdynamics_core.vision.boxes import apply_deltas


def test_anchors_cover_the_scene_in_the_order_of_the_heads_output():
    config = DetectorConfig()
    anchors = anchor_boxes(config)
    assert anchors.shape == (4 * 4 * 16 * 16, 6)
    cell = anchors.reshape(4, 4, 16, 16, 6)[2, 1, 3, 5]
    torch.testing.assert_close(cell, torch.tensor([-0.32 + 5.5 * 0.04, -0.32 + 3.5 * 0.04, 0.06, 0.08, 0.08, 0.08]))


def test_proposal_head_keeps_that_order():
    torch.manual_seed(0)
    detector = Detector(DetectorConfig())
    with torch.no_grad():
        detector.proposals.shared.weight.zero_()
        detector.proposals.shared.weight[:, :, 1, 1, 1] = torch.eye(32)
        detector.proposals.shared.bias.zero_()
        detector.proposals.output.weight.zero_()
        detector.proposals.output.bias.zero_()
        detector.proposals.output.weight[2 * 7, 0] = 1.0  # objectness of anchor 2
        coarse = torch.zeros(1, 32, 4, 16, 16)
        coarse[0, 0, 1, 3, 5] = 9.0
        logits, deltas = detector.proposals(coarse)
    assert logits.argmax().item() == ((2 * 4 + 1) * 16 + 3) * 16 + 5 and deltas.shape == (1, 4096, 6)


def test_regions_sample_features_at_their_own_place():
    torch.manual_seed(0)
    detector = Detector(DetectorConfig())
    fine, coarse = torch.zeros(1, 16, 8, 32, 32), torch.zeros(1, 32, 4, 16, 16)
    fine[0, :, 1:3, 20:25, 4:9] = 1.0  # around x = -0.19, y = 0.13
    boxes = torch.tensor([[[-0.19, 0.13, 0.04, 0.1, 0.1, 0.08], [0.15, -0.1, 0.04, 0.1, 0.1, 0.08]]])
    blank = torch.zeros_like(fine)
    there = [
        a - b
        for a, b in zip(detector.regions(fine, coarse, boxes), detector.regions(blank, coarse, boxes), strict=True)
    ]
    assert there[0][0, 0].abs() > 1e-4 and there[0][0, 1].abs() < 1e-7


def test_detections_are_sorted_limited_and_above_the_threshold():
    detector = Detector(DetectorConfig(max_detections=2))
    boxes = torch.tensor([[x, 0.0, 0.04, 0.08, 0.08, 0.08] for x in (-0.2, 0.0, 0.2, 0.01)])
    found = DetectedBoxes(torch.tensor([0.6, 0.9, 0.8, 0.7]), boxes, boxes[:, :3])
    kept = detector._select(found)
    assert kept.scores.tolist() == [torch.tensor(0.9).item(), torch.tensor(0.8).item()]
    assert not len(detector._select(DetectedBoxes(torch.tensor([0.1]), boxes[:1], boxes[:1, :3])).scores)


def test_an_untrained_detector_runs_on_an_empty_scene():
    torch.manual_seed(0)
    detector = Detector(DetectorConfig(threshold=0.0)).eval()
    found = detector.detect(torch.zeros(5, 8, 32, 32), lambda x, y: torch.zeros(2, 16, 32, 32))
    assert 0 < len(found.scores) <= 8
    assert found.boxes.shape[1] == 6 and found.positions.shape[1] == 3
    assert torch.isfinite(apply_deltas(torch.full((1, 6), 50.0), found.boxes[:1])).all()

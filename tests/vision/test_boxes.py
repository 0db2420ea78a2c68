import torch

from hyperdynamics_core.vision.boxes import apply_deltas, box_deltas, iou, suppress


def random_boxes(n, seed=0):
    generator = torch.Generator().manual_seed(seed)
    centres = torch.rand(n, 3, generator=generator) * 0.4 - 0.2
    return torch.cat((centres, 0.05 + 0.1 * torch.rand(n, 3, generator=generator)), dim=1)


def test_overlap_of_known_boxes():
    box = torch.tensor([[0.0, 0.0, 0.0, 2.0, 2.0, 2.0]])
    others = torch.tensor([[0.0, 0, 0, 2, 2, 2], [1.0, 0, 0, 2, 2, 2], [3.0, 0, 0, 2, 2, 2], [0.0, 0, 0, 1, 1, 1]])
    torch.testing.assert_close(iou(box, others)[0], torch.tensor([1.0, 1 / 3, 0.0, 1 / 8]))


def test_deltas_lead_back_to_the_box():
    boxes, references = random_boxes(20), random_boxes(20, seed=1)
    torch.testing.assert_close(apply_deltas(box_deltas(boxes, references), references), boxes, atol=1e-5, rtol=1e-4)


def test_suppression_keeps_the_best_of_each_cluster():
    clusters = torch.tensor([[0.0, 0, 0, 0.1, 0.1, 0.1], [0.2, 0, 0, 0.1, 0.1, 0.1]])
    boxes = torch.cat((clusters, clusters + torch.tensor([0.01, 0, 0, 0, 0, 0])))
    kept = suppress(boxes, torch.tensor([0.3, 0.9, 0.8, 0.4]), 0.3, 8)
    assert kept.tolist() == [1, 2]
    assert suppress(boxes, torch.tensor([0.3, 0.9, 0.8, 0.4]), 0.3, 1).tolist() == [1]
    assert suppress(boxes[:0], torch.zeros(0), 0.3, 8).tolist() == []


def test_a_suppressed_box_suppresses_nothing():
    chain = torch.tensor([[0.0, 0, 0, 0.1, 0.1, 0.1], [0.05, 0, 0, 0.1, 0.1, 0.1], [0.10, 0, 0, 0.1, 0.1, 0.1]])
    assert suppress(chain, torch.tensor([0.9, 0.8, 0.7]), 0.3, 8).tolist() == [0, 2]

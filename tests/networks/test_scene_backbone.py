"""The detector's backbone keeps places: what it says of a cell comes from around that cell."""

import torch

from hyperdynamics_core.networks.scene_backbone import SceneBackbone


def test_sizes_at_both_resolutions() -> None:
    fine, coarse = SceneBackbone(5, 6, 7)(torch.zeros(2, 5, 8, 32, 32))
    assert fine.shape == (2, 6, 8, 32, 32) and coarse.shape == (2, 7, 4, 16, 16)


def test_features_stay_where_the_scene_has_something() -> None:
    torch.manual_seed(0)
    backbone = SceneBackbone(1, 4, 4).eval()
    scene = torch.zeros(1, 1, 8, 32, 32)
    with torch.no_grad():
        empty = backbone(scene)
        scene[0, 0, 4, 10, 20] = 5.0
        pairs = zip(empty, backbone(scene), strict=True)
        changed = [(after - before).abs().amax((0, 1)) > 1e-6 for before, after in pairs]
    for mask, cell, reach in ((changed[0], (4, 10, 20), 1), (changed[1], (2, 5, 10), 3)):
        places = mask.nonzero()
        assert len(places) and (places - torch.tensor(cell)).abs().max() <= reach


def test_learns_through_both_outputs() -> None:
    backbone = SceneBackbone(2, 3, 3)
    for index, output in enumerate(backbone(torch.rand(1, 2, 8, 32, 32))):
        backbone.zero_grad()
        output.sum().backward(retain_graph=True)
        coarse_learns = any(p.grad is not None and p.grad.abs().sum() > 0 for p in backbone.coarse.parameters())
        assert next(backbone.fine.parameters()).grad is not None and coarse_learns is bool(index)

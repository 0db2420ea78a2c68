import numpy as np
import pytest
import torch

from hyperdynamics_core.vision.maps import MapConfig, crop_map
from hyperdynamics_core.vision.turning import turn, turn_images
from sim_bridges.pushing.objects import load_object
from sim_bridges.pushing.rendering import top_down_mask
from tests.vision.scenes import see, standing


def test_quarter_turns_are_exact_and_counter_clockwise():
    maps = torch.zeros(1, 1, 1, 8, 8)
    maps[0, 0, 0, 4, 6] = 1.0  # at +x of the centre
    quarter = turn(maps, torch.tensor([np.pi / 2], dtype=torch.float32))
    assert quarter[0, 0, 0, 6, 3] == pytest.approx(1.0, abs=1e-4), "counter-clockwise: +x goes to +y"
    torch.testing.assert_close(turn(maps, torch.zeros(1)), maps)


def test_every_map_of_a_batch_is_turned_by_its_own_yaw():
    maps = torch.rand(3, 2, 4, 16, 16)
    yaws = torch.tensor([0.0, 0.4, -2.0])
    together = turn(maps, yaws)
    for index in range(3):
        torch.testing.assert_close(together[index : index + 1], turn(maps[index : index + 1], yaws[index : index + 1]))


@pytest.mark.parametrize("name", ["mit/tri2", "mug/02", "bed/05"])
def test_turning_the_mask_of_an_object_is_the_mask_of_the_turned_object(name):
    item = load_object(name)
    mask = torch.from_numpy(top_down_mask(item, 0.3))[None, None]
    turned = turn_images(mask, torch.tensor([1.1]))[0, 0].numpy()
    truth = top_down_mask(item, 1.4)
    assert np.abs(turned - truth).mean() < 0.015
    assert ((turned > 0.5) & (truth > 0.5)).sum() / ((turned > 0.5) | (truth > 0.5)).sum() > 0.94


def test_turning_a_map_is_the_map_of_the_turned_object_where_both_are_seen():
    # A quarter of the circle of views further, the camera has turned with the object: the same sides are seen.
    maps = [
        torch.from_numpy(crop_map(see([standing("camera/05", 0.0, 0.0, yaw)], view, None), (0.0, 0.0), MapConfig()))
        for yaw, view in ((0.4, 4), (0.4 + np.pi / 2, 0))
    ]
    turned = turn(maps[0][None], torch.tensor([np.pi / 2]))[0]
    inside = torch.zeros(32, 32, dtype=torch.bool)
    inside[5:27, 5:27] = True
    assert (turned - maps[1])[:, 1:, inside].abs().mean() < 0.02
    assert (maps[0] - maps[1])[:, 1:, inside].abs().mean() > 0.05, "not turned, they differ"

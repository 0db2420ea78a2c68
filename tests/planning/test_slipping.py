import math

import pytest
import torch

from hyperdynamics_core.planning.geometry import Workspace
from hyperdynamics_core.planning.slipping import pushed_way, slide_paths
from tests.planning.disc import disc_footprint

HERE, YAW = torch.zeros(2), torch.tensor(0.0)


def test_the_way_in_contact_begins_where_the_rod_meets_the_box():
    starts = torch.tensor([[-0.08, 0.0], [-0.08, 0.0], [-0.08, 0.0], [-0.08, 0.1]])
    actions = torch.tensor([[0.06, 0.0], [0.02, 0.0], [-0.06, 0.0], [0.06, 0.0]])
    ways = pushed_way(HERE, YAW, starts, actions, disc_footprint(), Workspace())
    assert ways.tolist() == pytest.approx([0.03, 0.0, 0.0, 0.0], abs=0.005)


def test_a_push_through_and_beyond_counts_to_its_end():
    starts, actions = torch.tensor([[-0.08, 0.0]]), torch.tensor([[0.3, 0.0]])
    way = float(pushed_way(HERE, YAW, starts, actions, disc_footprint(), Workspace())[0])
    assert way == pytest.approx(0.27, abs=0.03)


def test_slides_reach_straight_ahead_and_to_both_sides():
    paths = slide_paths(torch.tensor([0.1, 0.0]), torch.tensor([[0.0, 0.05]]), torch.tensor([0.1]), math.pi / 4)
    assert paths.shape == (1, 5, 3, 2)
    assert paths[0, 2, -1].tolist() == pytest.approx([0.1, 0.1], abs=1e-6)
    assert sorted([paths[0, 0, -1, 0].item(), paths[0, 4, -1, 0].item()]) == pytest.approx([0.05, 0.15], abs=1e-6)
    assert float(paths[..., 1].min()) > 0.0

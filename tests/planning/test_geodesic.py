import math

import numpy as np
import pytest
import torch

from hyperdynamics_core.planning.geodesic import GeodesicConfig, GeodesicField, solve_eikonal
from hyperdynamics_core.planning.geometry import Workspace

PLAIN = GeodesicConfig(soft_slowness=0.0, hemmed_slowness=0.0)
WALL = torch.tensor([[0.0, 0.0, 0.02, 0.12]])


def test_in_free_space_it_is_the_straight_distance():
    goal = torch.tensor([0.1, -0.05])
    field = GeodesicField(goal, torch.zeros(0, 4), 0.05, Workspace(), PLAIN)
    points = torch.rand(200, 2, generator=torch.Generator().manual_seed(0)) * 0.5 - 0.25
    straight = (points - goal).norm(dim=-1)
    assert float((field.distance(points) - straight).abs().max()) < 0.015


def test_around_a_wall_it_is_the_way_over_its_end():
    goal, start = torch.tensor([0.15, 0.0]), torch.tensor([-0.15, 0.0])
    radius = 0.03
    field = GeodesicField(goal, WALL, radius, Workspace(), PLAIN)
    # A taut string: a tangent to the rounded corner, its arc, the wall's end, and the same again.
    to_corner = math.hypot(0.13, 0.12)
    tangent = math.sqrt(to_corner**2 - radius**2)
    arc = radius * (math.atan2(0.12, 0.13) + math.asin(radius / to_corner))
    assert float(field.distance(start)) == pytest.approx(2 * tangent + 2 * arc + 0.04, rel=0.1)
    assert float(field.distance(start)) > 1.2 * float((goal - start).norm())


def test_descent_leads_to_the_goal_without_touching():
    goal, place = torch.tensor([0.15, 0.01]), torch.tensor([-0.15, 0.0])
    field = GeodesicField(goal, WALL, 0.03, Workspace())
    nearest = math.inf
    for _ in range(300):
        place = place + 0.005 * field.direction(place)
        outside = (place - WALL[0, :2]).abs() - WALL[0, 2:]
        nearest = min(nearest, float(outside.clamp_min(0).norm()))
        if float((place - goal).norm()) < 0.01:
            break
    assert float((place - goal).norm()) < 0.01
    assert nearest > 0.03


def test_a_goal_walled_in_still_has_a_finite_distance():
    walls = torch.tensor([[0.0, 0.1, 0.2, 0.02], [0.0, -0.1, 0.2, 0.02], [0.2, 0, 0.02, 0.1], [-0.2, 0, 0.02, 0.1]])
    field = GeodesicField(torch.tensor([0.0, 0.0]), walls, 0.04, Workspace())
    assert bool(torch.isfinite(field.times).all())
    assert bool(torch.isfinite(field.distance(torch.tensor([5.0, 0.0]))))


def test_eikonal_in_one_direction_adds_up_slowness():
    slowness = np.array([[1.0, 2.0, 3.0, 4.0]])
    seed = np.array([[0.0, np.inf, np.inf, np.inf]])
    assert solve_eikonal(slowness, seed, 0.5).tolist() == [[0.0, 1.0, 2.5, 4.5]]

import math

import pytest
import torch

from hyperdynamics_core.planning import costs
from hyperdynamics_core.planning.geometry import Workspace
from tests.planning.disc import disc_footprint

WALL = torch.tensor([[0.2, 0.0, 0.02, 0.1]])


def collision(path, yaws, obstacles, now, aside=0.0):
    margin = torch.tensor([0.01])
    return costs.object_collision(
        disc_footprint(), path, yaws, obstacles, margin, now, torch.full(path.shape[:-1], aside)
    )


def over_the_edge(path, space, now, aside=0.0):
    room = torch.full(path.shape[:-1], aside)
    return costs.overhang(disc_footprint(), path, torch.zeros(path.shape[:-1]), space, now, 1.0, room)


def test_goal_distance():
    assert costs.goal_distance(torch.tensor([[0.3, 0.4]]), torch.zeros(2)).tolist() == [0.5]


def test_sweep_passes_between_the_steps_and_on_to_rest():
    positions = torch.tensor([[[0.0, 0.0], [0.1, 0.0]]])
    yaws = torch.tensor([[3.0, -3.0]])
    path, turned = costs.sweep(positions, yaws, torch.tensor([[[0.1, 0.05]]]), 2)
    assert torch.allclose(path[0, 0], torch.tensor([[0.05, 0.0], [0.1, 0.0], [0.1, 0.025], [0.1, 0.05]]))
    # From 3 to -3 rad is a short turn through pi, not a long one through 0.
    assert turned[0, 0].tolist() == pytest.approx([math.pi, 2 * math.pi - 3.0, 2 * math.pi - 3.0, 2 * math.pi - 3.0])


def test_a_path_through_a_wall_collides_though_both_its_ends_are_free():
    positions = torch.tensor([[[0.0, 0.0], [0.4, 0.0]], [[0.0, 0.0], [0.1, 0.0]]])
    path, yaws = costs.sweep(positions, torch.zeros(2, 2), positions[:, 1:], 8)
    excess = collision(path, yaws, WALL, torch.tensor([0.14]))
    assert float(excess[0]) > 0.04
    assert float(excess[1]) == pytest.approx(0.01 - 0.04, abs=1e-6)


def test_beside_an_obstacle_it_may_stay_as_near_but_not_come_nearer():
    now = torch.tensor([0.004])
    path = torch.tensor([[[[0.136, 0.0]]], [[[0.137, 0.0]]]])
    excess = collision(path, torch.zeros(2, 1, 1), WALL, now)
    assert float(excess[0]) == pytest.approx(0.0, abs=1e-6)
    assert float(excess[1]) == pytest.approx(0.001, abs=1e-6)


def test_the_rod_must_not_pass_through_obstacles():
    rod = torch.tensor([[[0.1, 0.0], [0.3, 0.0]], [[0.1, 0.0], [0.15, 0.0]]])
    excess = costs.rod_collision(rod, WALL, Workspace(), 0.01, 3)
    assert float(excess[0]) > 0.0
    assert float(excess[1]) == pytest.approx(-0.01, abs=1e-6)


def test_off_table_and_out_of_reach():
    space = Workspace(object_margin=0.02, reach_min=0.3, reach_max=0.7)
    positions = torch.tensor([[[0.27, 0.0], [0.29, 0.0]]])
    assert costs.off_table(positions, space, torch.tensor(-0.1))[0].tolist() == pytest.approx([-0.01, 0.01], abs=1e-6)
    assert costs.off_table(positions, space, torch.tensor(0.015))[0].tolist() == pytest.approx(
        [-0.025, -0.005], abs=1e-6
    )
    rod = torch.tensor([[[0.1, 0.0], [0.22, 0.0]]])
    assert costs.out_of_reach(rod, space)[0].tolist() == pytest.approx([0.02], abs=1e-6)


def test_penalty_jumps_and_leads_out():
    values = costs.penalty(torch.tensor([-1.0, 0.0, 0.01, 0.02])).tolist()
    assert values == pytest.approx([0.0, 0.0, 1.1, 1.2])


def test_the_worst_so_far_counts():
    assert costs.prefix(torch.tensor([[0.0, 1.0, 0.0]])).tolist() == [[0.0, 1.0, 1.0]]


def test_without_obstacles_nothing_collides():
    path = torch.zeros(3, 2, 6, 2)
    none = torch.zeros(0, 4)
    excess = collision(path, path[..., 0], none, torch.zeros(0))
    assert bool((excess < 0).all())
    assert bool((costs.rod_collision(path[:, 0, :3], none, Workspace(), 0.01, 3) < 0).all())


def test_boxes_that_overlap_already_may_stay_so_but_each_obstacle_counts_for_itself():
    walls = torch.tensor([[0.055, 0.0, 0.02, 0.1], [-0.1, 0.0, 0.02, 0.1]])
    now = costs.separation(disc_footprint(), torch.zeros(2), torch.tensor(0.0), walls)
    assert now.tolist() == pytest.approx([-0.005, 0.04], abs=1e-6)
    path = torch.tensor([[[[0.0, 0.02]]], [[[-0.02, 0.0]]], [[[0.002, 0.0]]], [[[-0.042, 0.0]]]])
    excess = collision(path, torch.zeros(4, 1, 1), walls, now)
    assert excess[:, 0].tolist() == pytest.approx([0.0, -0.01, 0.002, 0.012], abs=1e-6)


def test_what_hangs_over_may_not_hang_over_farther():
    path = torch.tensor([[[[0.2, 0.0], [0.28, 0.0]]], [[[0.28, 0.0], [0.26, 0.0]]]])
    free, near = (torch.zeros(2), torch.tensor(0.0)), (torch.tensor([0.29, 0.0]), torch.tensor(0.0))
    space = Workspace(support=1.0)
    excess = over_the_edge(path, space, free)
    assert excess.flatten().tolist() == pytest.approx([0.02, 0.02], abs=1e-6)
    assert float(over_the_edge(path, space, near).max()) < 0.0
    assert float(over_the_edge(path, space, near, aside=0.03).max()) > 0.0


def test_errors_that_grow_with_the_way_take_their_room():
    path = torch.tensor([[[[0.0, 0.09]]]])
    walls = torch.tensor([[0.07, 0.0, 0.02, 0.5]])
    now = torch.tensor([0.01])
    assert float(collision(path, torch.zeros(1, 1, 1), walls, now)) == pytest.approx(0.0, abs=1e-6)
    assert float(collision(path, torch.zeros(1, 1, 1), walls, now, aside=0.02)) == pytest.approx(0.02, abs=1e-6)

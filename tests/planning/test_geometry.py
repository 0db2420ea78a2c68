import math

import numpy as np
import pytest
import torch
from shapely import affinity
from shapely.geometry import box as rectangle

from hyperdynamics_core.planning.geometry import FAR, Box, Footprint, Workspace, plan_view, point_clearance


def random_case(seed: int) -> tuple[Footprint, torch.Tensor, torch.Tensor, torch.Tensor]:
    rng = np.random.default_rng(seed)
    footprint = Footprint(
        torch.tensor(rng.uniform(-0.02, 0.02, 2), dtype=torch.float32),
        torch.tensor(rng.uniform(0.02, 0.06, 2), dtype=torch.float32),
        float(rng.uniform(-3, 3)),
    )
    position = torch.tensor(rng.uniform(-0.2, 0.2, 2), dtype=torch.float32)
    obstacle = torch.tensor([[*rng.uniform(-0.2, 0.2, 2), *rng.uniform(0.02, 0.06, 2)]], dtype=torch.float32)
    return footprint, position, torch.tensor(float(rng.uniform(-3, 3))), obstacle


def shapes(footprint, position, yaw, obstacle):
    (ox, oy), (hx, hy) = footprint.offset.tolist(), footprint.half.tolist()
    own = rectangle(ox - hx, oy - hy, ox + hx, oy + hy)
    own = affinity.rotate(own, float(yaw) - footprint.yaw, origin=(0, 0), use_radians=True)
    own = affinity.translate(own, *position.tolist())
    x, y, a, b = obstacle[0].tolist()
    return own, rectangle(x - a, y - b, x + a, y + b)


@pytest.mark.parametrize("seed", range(40))
def test_separation_has_the_true_sign_and_never_exceeds_the_true_distance(seed):
    case = random_case(seed)
    own, other = shapes(*case)
    footprint, position, yaw, obstacle = case
    separation = float(footprint.separation(position, yaw, obstacle)[0])
    assert (separation < 0) == own.intersects(other)
    assert separation <= own.distance(other) + 1e-5
    if own.distance(other) > 0:
        assert separation >= own.distance(other) / math.sqrt(2) - 1e-5


@pytest.mark.parametrize("seed", range(20))
def test_distance_to_points_agrees_with_shapely(seed):
    footprint, position, yaw, obstacle = random_case(seed)
    own, _ = shapes(footprint, position, yaw, obstacle)
    from shapely.geometry import Point

    point = obstacle[0, :2]
    signed = float(footprint.distance(position, yaw, point))
    outside = own.distance(Point(*point.tolist()))
    expected = outside if outside > 0 else -own.exterior.distance(Point(*point.tolist()))
    assert signed == pytest.approx(expected, abs=1e-5)


def test_batches_and_many_obstacles_agree_with_single_ones():
    cases = [random_case(seed) for seed in range(5)]
    footprint = cases[0][0]
    positions, yaws = torch.stack([case[1] for case in cases]), torch.stack([case[2] for case in cases])
    obstacles = torch.cat([case[3] for case in cases])
    together = footprint.separation(positions.unsqueeze(0), yaws.unsqueeze(0), obstacles)
    assert together.shape == (1, 5, 5)
    for i in range(5):
        for j in range(5):
            alone = footprint.separation(positions[i], yaws[i], obstacles[j : j + 1])[0]
            assert float(together[0, i, j]) == pytest.approx(float(alone), abs=1e-6)


def test_footprint_from_a_box_lies_where_the_box_lies():
    box = Box((0.11, -0.02, 0.02), (0.08, 0.06, 0.04))
    footprint = Footprint.from_box(box, (0.10, 0.0), 0.7)
    centre, axes = footprint.corners_frame(torch.tensor([0.10, 0.0]), torch.tensor(0.7))
    assert torch.allclose(centre, torch.tensor([0.11, -0.02]))
    assert torch.allclose(axes, torch.eye(2), atol=1e-6)
    quarter = torch.tensor(0.7 + math.pi / 2)
    centre, _ = footprint.corners_frame(torch.tensor([0.10, 0.0]), quarter)
    assert torch.allclose(centre, torch.tensor([0.12, 0.01]), atol=1e-6)
    assert footprint.inner_radius == pytest.approx(0.03)
    assert footprint.outer_radius == pytest.approx(math.hypot(0.05, 0.05))


def test_reach_runs_from_the_position_to_the_edge():
    footprint = Footprint(torch.tensor([0.02, 0.0]), torch.tensor([0.06, 0.03]), 0.0)
    directions = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    assert footprint.reach(torch.tensor(0.0), directions).tolist() == pytest.approx([0.08, 0.04, 0.03, 0.0375])
    turned = footprint.reach(torch.tensor(math.pi / 2), torch.tensor([[0.0, 1.0]]))
    assert turned.tolist() == pytest.approx([0.08], abs=1e-6)


def test_clearance_without_obstacles_is_far_and_inside_is_negative():
    points = torch.tensor([[0.0, 0.0], [0.2, 0.0]])
    assert torch.equal(point_clearance(points, torch.zeros(0, 4)), torch.tensor([FAR, FAR]))
    clearance = point_clearance(points, torch.tensor([[0.0, 0.0, 0.05, 0.03]]))
    assert torch.allclose(clearance, torch.tensor([-0.03, 0.15]))


def test_workspace_knows_the_edge_and_the_reach():
    space = Workspace(reach_min=0.3, reach_max=0.8, object_margin=0.03)
    assert float(space.object_excess(torch.tensor([0.29, 0.0]))) == pytest.approx(0.02, abs=1e-6)
    assert float(space.rod_excess(torch.tensor([0.0, 0.0]))) < 0
    assert float(space.rod_excess(torch.tensor([-0.25, 0.0]))) == pytest.approx(0.05, abs=1e-6)
    assert float(space.rod_excess(torch.tensor([0.31, 0.0]))) == pytest.approx(0.01, abs=1e-6)
    assert float(space.hemmed_in(torch.tensor([-0.15, 0.0]), 0.08)) == pytest.approx(0.03, abs=1e-6)
    assert float(space.hemmed_in(torch.tensor([0.0, 0.0]), 0.08)) < 0


@pytest.mark.parametrize("size", [(0.0, 0.1, 0.1), (0.1, -0.1, 0.1), (0.1, float("nan"), 0.1)])
def test_a_box_without_volume_is_refused(size):
    with pytest.raises(ValueError, match="positive edge lengths"):
        Box((0.0, 0.0, 0.0), size)


def test_plan_view_of_nothing_keeps_its_shape():
    assert plan_view([]).shape == (0, 4)


def test_an_object_hangs_over_before_its_position_reaches_the_edge():
    space, footprint = Workspace(support=0.5), Footprint(torch.tensor([0.01, 0.0]), torch.tensor([0.06, 0.02]), 0.0)
    positions = torch.tensor([[0.28, 0.0], [-0.28, 0.0], [0.0, 0.28]])
    over = space.overhang(footprint, positions, torch.zeros(3))
    assert over.tolist() == pytest.approx([0.02, 0.0, -0.01], abs=1e-6)
    turned = space.overhang(footprint, positions, torch.full((3,), math.pi / 2))
    assert turned.tolist() == pytest.approx([-0.01, -0.01, 0.02], abs=1e-6)
    assert float(space.overhang(footprint, positions[0], torch.tensor(0.0), caution=0.0)) == pytest.approx(
        -0.01, abs=1e-6
    )

import math

import pytest
import torch

from hyperdynamics_core.planning.geometry import Footprint, Workspace
from hyperdynamics_core.planning.sampling import SamplingConfig, draw, draw_starts, realise, start_is_clear
from hyperdynamics_core.systems.rotations import yaw_quaternion
from tests.planning.disc import disc_footprint, disc_state

EAST = torch.tensor([1.0, 0.0])


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_pushes_follow_the_papers_distribution():
    config = SamplingConfig()
    draws = draw(4000, 1, config, generator())
    actions = realise(draws, 0, disc_state().repeat(4000, 1), disc_footprint())
    lengths = actions.norm(dim=1)
    assert float(lengths.min()) >= 0.03 - 1e-6
    assert float(lengths.max()) <= 0.06 + 1e-6
    assert float(lengths.mean()) == pytest.approx(0.045, abs=0.001)
    assert float(draws.towards.float().mean()) == pytest.approx(0.8, abs=0.02)
    assert bool((actions[:, 2] == 0).all())
    # From (-0.07, 0) the disc's box (+- 4 cm) is seen within +- 53 degrees of straight ahead.
    angle = torch.atan2(actions[:, 1], actions[:, 0]).abs()
    assert float(angle[draws.towards[:, 0]].max()) <= math.atan2(0.04, 0.03) + 1e-4
    assert float(angle[~draws.towards[:, 0]].max()) > 3.0


def test_aims_turn_with_the_object():
    """A long thin object turned by a quarter: the aims spread along y instead of x."""
    footprint = Footprint(torch.zeros(2), torch.tensor([0.06, 0.001]), 0.0)
    state = disc_state(rod=(-0.5, 0.0))
    state[3:7] = yaw_quaternion(torch.tensor(math.pi / 2))
    draws = draw(500, 1, SamplingConfig(towards_object=1.0), generator())
    slope = realise(draws, 0, state.repeat(500, 1), footprint)
    spread = (0.5 * slope[:, 1] / slope[:, 0]).abs().max()
    assert float(spread) == pytest.approx(0.06, abs=0.004)


def test_same_seed_same_draws():
    first, second = (draw(5, 3, SamplingConfig(), generator(7)) for _ in range(2))
    assert torch.equal(first.lengths, second.lengths)
    assert torch.equal(first.points, second.points)


def test_starts_are_clear_of_everything():
    obstacles = torch.tensor([[0.09, 0.0, 0.03, 0.05]])
    state, space = disc_state(), Workspace()
    config = SamplingConfig(guided=0.0)
    starts = draw_starts(300, state, disc_footprint(), obstacles, space, config, generator(), EAST)
    points = starts.points
    assert bool(starts.clear.all())
    distance = (points - state[:2]).norm(dim=1)
    assert float(distance.min()) >= 0.06 - 1e-6
    # Towards a corner of the box (5.7 cm) a rod with its clearance stands farther away, up to 3 cm more.
    assert float(distance.max()) <= 0.04 * 2**0.5 + 0.022 + 0.03 + 1e-6
    outside = (points.abs() - 0.04).clamp_min(0).norm(dim=1)
    assert float(outside.min()) >= 0.022 - 1e-5
    to_obstacle = ((points - obstacles[0, :2]).abs() - obstacles[0, 2:]).clamp_min(0).norm(dim=1)
    assert float(to_obstacle.min()) >= 0.022 - 1e-5


def test_guided_starts_lie_behind_the_object():
    config = SamplingConfig(guided=1.0, guided_turn=0.3)
    way = torch.tensor([0.0, 1.0])
    starts = draw_starts(200, disc_state(), disc_footprint(), torch.zeros(0, 4), Workspace(), config, generator(), way)
    assert float((starts.points[:, 1] < -0.03).float().mean()) > 0.95
    # Each push along its direction passes the object's position about as closely as asked for.
    passing = starts.points[:, 0] * starts.directions[:, 1] - starts.points[:, 1] * starts.directions[:, 0]
    assert float(passing.std()) == pytest.approx(config.guided_aside, rel=0.25)


def test_an_object_in_a_corner_has_no_clear_start_beyond_the_table():
    space = Workspace(rod_margin=0.0)
    starts = draw_starts(
        300, disc_state(0.29, 0.29), disc_footprint(), torch.zeros(0, 4), space, SamplingConfig(), generator(), EAST
    )
    assert float(starts.points[starts.clear].max()) <= 0.3


def test_a_rod_above_the_object_is_not_clear():
    state = disc_state()
    points = torch.tensor([[0.0, 0.0], [0.03, 0.03], [0.08, 0.0]])
    clear = start_is_clear(points, state[:2], torch.tensor(0.0), disc_footprint(), torch.zeros(0, 4), Workspace(), 0.01)
    assert clear.tolist() == [False, False, True]


@pytest.mark.parametrize("bad", [{"candidates": 0}, {"length_min": 0.07}, {"reposition": 1.5}])
def test_impossible_settings_are_refused(bad):
    with pytest.raises(ValueError):
        SamplingConfig(**bad)


def test_in_a_narrow_gap_only_little_caution_finds_a_place_for_the_rod():
    # 3 cm between the box and the wall on every side: a rod of 2 cm fits, but not with 1.2 cm to spare.
    upright, lying = torch.tensor([0.02, 0.2]), torch.tensor([0.2, 0.02])
    places = torch.tensor([[0.09, 0.0], [-0.09, 0.0], [0.0, 0.09], [0.0, -0.09]])
    walls = torch.cat((places, torch.stack((upright, upright, lying, lying))), dim=1)
    config = SamplingConfig(start_min=0.0)
    wary, bold = (
        draw_starts(200, disc_state(), disc_footprint(), walls, Workspace(), config, generator(), EAST, caution)
        for caution in (1.0, 0.1)
    )
    assert not bool(wary.clear.any())
    assert bool(bold.clear.any())
    outside = (bold.points[bold.clear].abs() - 0.04).clamp_min(0).norm(dim=1)
    assert float(outside.min()) >= 0.01 + config.least_clearance - 1e-6

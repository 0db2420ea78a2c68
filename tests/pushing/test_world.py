"""The world's physics, against the figures that were measured for it; the gantry where the arm does not matter."""

from collections.abc import Iterator

import numpy as np
import pytest

from sim_bridges.pushing.objects import load_object
from sim_bridges.pushing.physics import GANTRY, KUKA
from sim_bridges.pushing.scene import Obstacle, SceneSpec
from sim_bridges.pushing.variation import SystemSpec
from sim_bridges.pushing.world import PushWorld

LIFT = 0.12


@pytest.fixture(scope="module")
def kuka() -> Iterator[PushWorld]:
    world = PushWorld(KUKA)
    yield world
    world.close()


@pytest.fixture(scope="module")
def gantry() -> Iterator[PushWorld]:
    world = PushWorld(GANTRY)
    yield world
    world.close()


def scene(
    name: str = "mit/rect1",
    mass: float = 500.0,
    friction: float = 1e-3,
    rod: tuple[float, float] = (-0.07, 0.0),
    com: tuple[float, float, float] = (0.0, 0.0, 0.0),
    obstacles: tuple[Obstacle, ...] = (),
) -> SceneSpec:
    return SceneSpec(SystemSpec(name, mass, friction, com), 0.0, 0.0, 0.0, rod, obstacles)


@pytest.mark.parametrize("name", ["mit/tri2", "mug/05", "bowl/01", "camera/03", "bed/02"])
def test_a_new_scene_stands_still_where_it_was_put(gantry: PushWorld, name: str) -> None:
    state = gantry.reset(scene(name, rod=(-0.1, 0.1)))
    expected = [0, 0, load_object(name).rest_height, 0, 0, 0, 1, *[0] * 6, -0.1, 0.1, GANTRY.tip_height]
    assert np.allclose(state[:7], expected[:7], atol=2e-4)
    assert np.allclose(state[7:13], 0, atol=2e-3)
    assert np.allclose(state[13:], expected[13:], atol=1e-3)
    gantry.advance(1.0)
    assert np.abs(gantry.state()[:3] - state[:3]).max() < 2e-4


def test_coasting_slows_down_as_mu_of_a_hundredth_says(gantry: PushWorld) -> None:
    """Table 10 x object 1e-3 = 0.01: 0.098 m/s^2, and a little damping."""
    gantry.reset(scene(rod=(-0.2, 0.2)))
    gantry.client.resetBaseVelocity(gantry.body, [0.2, 0, 0], [0, 0, 0])
    gantry.advance(0.5)
    state = gantry.state()
    assert (0.2 - state[7]) / 0.5 == pytest.approx(0.098 + 0.04 * 0.175, rel=0.05)
    assert abs(state[2] - load_object("mit/rect1").rest_height) < 1e-4
    assert np.abs(state[3:5]).max() < 1e-4


def test_mass_shows(kuka: PushWorld) -> None:
    moved = {}
    for mass in (300.0, 1000.0):
        kuka.reset(scene(mass=mass))
        moved[mass] = kuka.step([0.045, 0, 0]).object_moved_m
    assert 1.5 < moved[300.0] / moved[1000.0] < 2.1


def test_the_commanded_displacement_is_executed(kuka: PushWorld) -> None:
    rng = np.random.default_rng(0)
    errors = []
    for _ in range(6):
        kuka.reset(scene(mass=rng.uniform(300, 1000)))
        action = np.array([rng.uniform(0.03, 0.05), rng.uniform(-0.02, 0.02), 0.0])
        errors.append(np.linalg.norm(kuka.step(action).executed - action))
    assert np.median(errors) < 2e-3


def test_the_object_slides_on_by_itself(kuka: PushWorld) -> None:
    kuka.reset(scene(mass=300.0))
    speed = np.linalg.norm(kuka.step([0.06, 0, 0]).state[7:9])
    assert speed > 0.02
    assert kuka.step([0, 0, 0]).object_moved_m > 0.01


def test_a_shifted_centre_of_mass_turns_the_object_but_not_its_frame(gantry: PushWorld) -> None:
    state = gantry.reset(scene(com=(0.0, 0.006, 0.0)))
    assert np.abs(state[:2]).max() < 1e-3
    straight = scene(com=(0.0, 0.0, 0.0))
    turned = gantry.step([0.05, 0, 0]).state
    gantry.reset(straight)
    assert abs(turned[5]) > 5 * abs(gantry.step([0.05, 0, 0]).state[5])


def test_velocity_is_that_of_the_centroid(gantry: PushWorld) -> None:
    gantry.reset(scene(com=(0.006, 0.0, 0.0), rod=(-0.2, 0.2)))
    gantry.client.resetBaseVelocity(gantry.body, [0, 0, 0], [0, 0, 2.0])
    before = gantry.state()
    gantry.advance(1 / GANTRY.rate_hz)
    moved = (gantry.state()[:3] - before[:3]) * GANTRY.rate_hz
    assert before[8] == pytest.approx(-0.012, abs=1e-3)
    assert np.allclose(moved[:2], before[7:9], atol=2e-3)


def test_repositioning_by_lift_move_lower_is_accurate_and_touches_nothing(kuka: PushWorld) -> None:
    start = kuka.reset(scene("mug/01", rod=(-0.09, 0.0)))
    for target in ((0.12, 0.1), (0.22, -0.2), (-0.05, 0.22), (-0.1, -0.15), (-0.08, 0.0)):
        kuka.step([0, 0, LIFT])
        while np.linalg.norm(way := np.array(target) - kuka.state()[13:15]) > 2e-3:
            reached = kuka.step([*(way * min(1.0, 0.3 / np.linalg.norm(way))), 0]).state
            assert reached[15] > 0.11
        end = kuka.step([*way, -LIFT]).state[13:]
        assert np.linalg.norm(end[:2] - target) < 1e-3
        assert abs(end[2] - KUKA.tip_height) < 1e-3
    assert np.abs(kuka.state()[:3] - start[:3]).max() < 5e-4


def test_height_errors_do_not_add_up(kuka: PushWorld) -> None:
    kuka.reset(scene(rod=(0.0, 0.2)))
    for step in range(12):
        state = kuka.step([0.03 * (-1) ** step, 0, 0]).state
    assert abs(state[15] - KUKA.tip_height) < 1e-3


def test_hold_stops_the_arm_where_it_is(kuka: PushWorld) -> None:
    kuka.reset(scene(rod=(-0.1, 0.15)))
    kuka.begin([0.06, 0, 0])
    kuka.advance(0.1)
    assert kuka.busy
    kuka.hold()
    tip = kuka.state()[13:]
    kuka.advance(1.0)
    assert not kuka.busy
    assert np.linalg.norm(kuka.state()[13:] - tip) < 0.02
    assert np.linalg.norm(kuka.state()[13:15] - [-0.04, 0.15]) > 0.015


def test_a_step_in_pieces_is_the_same_step(gantry: PushWorld) -> None:
    gantry.reset(scene())
    whole = gantry.step([0.05, 0.0, 0]).state
    gantry.reset(scene())
    gantry.begin([0.05, 0.0, 0])
    for _ in range(80):
        gantry.advance(0.01)
    assert np.array_equal(gantry.finish().state, whole)


def test_results_depend_on_scene_and_actions_alone(kuka: PushWorld) -> None:
    other = PushWorld(KUKA)
    other.reset(scene("bowl/01"))
    other.step([0.05, 0.01, 0])
    ends = []
    for world in (kuka, other):
        world.reset(scene("mug/02"))
        ends.append(world.step([0.05, 0.01, 0]).state)
    other.close()
    assert np.array_equal(*ends)


def test_obstacle_contacts_say_which_body_touched(gantry: PushWorld) -> None:
    ahead = (Obstacle("mit/rect1", 0.12, 0.0, 0.0),)
    gantry.reset(scene(mass=300.0, obstacles=ahead))
    result = gantry.step([0.06, 0, 0])
    assert result.object_hit_obstacle and not result.rod_hit_obstacle and result.obstacle_contact
    gantry.reset(scene(rod=(0.04, 0.1), obstacles=(Obstacle("mit/rect1", 0.13, 0.1, 0.0),)))
    result = gantry.step([0.06, 0, 0])
    assert result.rod_hit_obstacle and not result.object_hit_obstacle
    assert np.allclose(gantry.client.getBasePositionAndOrientation(gantry.obstacles[0])[0][:2], [0.13, 0.1])


def test_falling_off_the_table_is_reported(gantry: PushWorld) -> None:
    gantry.reset(scene(rod=(-0.2, 0.2)))
    gantry.client.resetBaseVelocity(gantry.body, [0.9, 0, 0], [0, 0, 0])
    assert gantry.step([0, 0, 0]).off_table


@pytest.mark.parametrize("bad", [[np.nan, 0, 0], [0.5, 0, 0], [0.1, 0.1]])
def test_bad_displacements_are_refused(gantry: PushWorld, bad: list[float]) -> None:
    gantry.reset(scene())
    with pytest.raises(ValueError, match="displacement"):
        gantry.step(bad)


def test_unknown_objects_and_unreachable_rods_are_refused(kuka: PushWorld) -> None:
    with pytest.raises(ValueError, match="unknown object 'mug/9'"):
        kuka.reset(scene("mug/9"))
    with pytest.raises(ValueError, match="cannot reach"):
        kuka.reset(scene(rod=(0.7, 0.7)))
    fresh = PushWorld(GANTRY)
    with pytest.raises(RuntimeError, match="call reset first"):
        fresh.step([0.03, 0, 0])
    fresh.close()

"""Layouts, composition and rewards of the legged robots."""

import math

import pytest
import torch

from hyperdynamics_core.systems.legged import ANT, CHEETAH, LEGGED, LeggedSystem


def states(system: LeggedSystem, *shape: int) -> torch.Tensor:
    drawn = torch.randn(*shape, len(system.state_dimensions), generator=torch.Generator().manual_seed(1))
    if system.orientation is not None:
        drawn[..., system.orientation] = torch.nn.functional.normalize(drawn[..., system.orientation], dim=-1)
    return drawn


@pytest.mark.parametrize("system", LEGGED.values(), ids=LEGGED)
def test_a_difference_composed_gives_the_next_state(system: LeggedSystem) -> None:
    before, after = states(system, 2, 5)
    reached = system.compose(before, system.difference(before, after))
    if system.orientation is not None:
        sign = (reached[:, system.orientation] * after[:, system.orientation]).sum(-1, keepdim=True).sign()
        reached[:, system.orientation] *= sign
    torch.testing.assert_close(reached, after)


@pytest.mark.parametrize("system", LEGGED.values(), ids=LEGGED)
def test_networks_do_not_see_where_the_robot_is(system: LeggedSystem) -> None:
    state, action = states(system, 4), torch.zeros(4, len(system.action_dimensions))
    moved = state.clone()
    moved[:, : system.n_unseen] += 3.0
    torch.testing.assert_close(system.features(state, action), system.features(moved, action))
    assert system.features(state, action).shape[-1] == len(system.feature_dimensions)


def test_sizes_and_slices() -> None:
    assert (len(CHEETAH.state_dimensions), len(CHEETAH.feature_dimensions)) == (18, 23)
    assert (len(ANT.state_dimensions), len(ANT.feature_dimensions)) == (29, 35)
    for system in LEGGED.values():
        names = [dimension.name for dimension in system.state_dimensions]
        assert names[system.joints] == [f"{joint}/position" for joint in system.joint_names]
        assert names[system.rates] == [f"{joint}/velocity" for joint in system.joint_names]


def test_the_other_sign_of_a_quaternion_is_no_motion() -> None:
    state = states(ANT, 3)
    flipped = state.clone()
    assert ANT.orientation is not None
    flipped[:, ANT.orientation] *= -1
    torch.testing.assert_close(ANT.difference(state, flipped), torch.zeros(3, 29))


@pytest.mark.parametrize("system", LEGGED.values(), ids=LEGGED)
def test_total_reward_is_the_sum_of_rewards(system: LeggedSystem) -> None:
    path, actions = states(system, 2, 8), torch.rand(2, 7, len(system.action_dimensions))
    torch.testing.assert_close(
        system.total_reward(path, actions), system.rewards(path, actions).sum(-1), rtol=1e-4, atol=1e-3
    )


def test_rewards_are_the_papers() -> None:
    path = torch.zeros(2, 18)
    path[1, 0] = 0.02
    assert CHEETAH.rewards(path, torch.ones(1, 6)).item() == pytest.approx(2.0 - 0.05 * 6)
    path = torch.zeros(2, 29)
    path[1, 0] = 0.02
    assert ANT.rewards(path, torch.ones(1, 8)).item() == pytest.approx(1.05)


def test_leaning_is_one_less_the_cosine_of_the_tilt() -> None:
    pitches = torch.tensor([0.0, math.pi / 3, -math.pi / 2, math.pi])
    expected = torch.tensor([0.0, 0.5, 1.0, 2.0])
    cheetah = torch.zeros(4, len(CHEETAH.state_dimensions))
    cheetah[:, 2] = pitches
    torch.testing.assert_close(CHEETAH.lean(cheetah), expected)
    assert ANT.orientation is not None
    ant = torch.zeros(4, len(ANT.state_dimensions))
    turn = torch.tensor(0.7)  # about the vertical: no tilt
    for axis in range(2):
        ant[:, ANT.orientation] = 0.0
        ant[:, ANT.orientation.start + axis] = (pitches / 2).sin() * (turn / 2).cos()
        ant[:, ANT.orientation.start + 1 - axis] = (pitches / 2).sin() * (turn / 2).sin() * (1 - 2 * axis)
        ant[:, ANT.orientation.start + 2] = (pitches / 2).cos() * (turn / 2).sin()
        ant[:, ANT.orientation.start + 3] = (pitches / 2).cos() * (turn / 2).cos()
        torch.testing.assert_close(ANT.lean(ant), expected)

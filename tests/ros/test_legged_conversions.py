"""States of legged robots to messages and back, commands with stamps, and what the checks refuse."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest
from hyperdynamics.action import Walk

from hyperdynamics_core.systems.legged import ANT, CHEETAH, LEGGED, LeggedSystem
from hyperdynamics_ros.checks import (
    MessageRefused,
    check_base_odometry,
    check_legged_joints,
    check_torques,
    check_walk_goal,
    stamp_ns,
)
from hyperdynamics_ros.conversions.commands import numbers, stamp_of_numbers, stamped_numbers
from hyperdynamics_ros.conversions.legged import joint_state_message, legged_state, odometry_message
from hyperdynamics_ros.legged_states import LeggedStates

STAMP = 12_345_678_901
ROBOTS = pytest.mark.parametrize("system", LEGGED.values(), ids=list(LEGGED))


def random_state(system: LeggedSystem, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    state = rng.normal(size=len(system.state_dimensions))
    if system.orientation is None:
        state[2] = rng.uniform(-math.pi, math.pi)
    else:
        state[system.orientation] /= np.linalg.norm(state[system.orientation])
    return state


def messages(system: LeggedSystem, state: np.ndarray, stamp: int = STAMP):
    torques = np.linspace(-1, 1, len(system.joint_names)) * system.max_torques
    return joint_state_message(system, state, torques, stamp), odometry_message(system, state, stamp)


@ROBOTS
@pytest.mark.parametrize("seed", range(5))
def test_states_there_and_back(system, seed):
    state = random_state(system, seed)
    joints, odometry = messages(system, state)
    check_legged_joints(joints, system)
    check_base_odometry(odometry)
    assert (odometry.header.frame_id, odometry.child_frame_id) == ("world", "base_link")
    np.testing.assert_allclose(legged_state(system, joints, odometry), state, atol=1e-9)


def test_the_twist_is_in_the_robots_own_frame():
    state = np.zeros(18)
    state[2], state[9] = math.pi / 2, 1.0  # nose straight down, moving forward: up through its own belly
    twist = messages(CHEETAH, state)[1].twist.twist.linear
    np.testing.assert_allclose((twist.x, twist.y, twist.z), (0.0, 0.0, 1.0), atol=1e-12)
    state = random_state(ANT, 1)
    linear, angular = (messages(ANT, state)[1].twist.twist.linear, messages(ANT, state)[1].twist.twist.angular)
    assert math.isclose(np.linalg.norm((linear.x, linear.y, linear.z)), np.linalg.norm(state[15:18]))
    assert (angular.x, angular.y, angular.z) == tuple(state[18:21])


@ROBOTS
def test_a_twist_in_the_world_frame_is_understood(system):
    state = random_state(system, 2)
    joints, odometry = messages(system, state)
    own = legged_state(system, joints, odometry)
    odometry.child_frame_id = "world"
    other = legged_state(system, joints, odometry)
    assert not np.allclose(own, other)
    np.testing.assert_allclose(own[: system.joints.stop], other[: system.joints.stop])


@ROBOTS
def test_joints_in_another_order_and_further_ones(system):
    state = random_state(system, 3)
    joints, odometry = messages(system, state)
    shuffled = copy.deepcopy(joints)
    order = np.random.default_rng(0).permutation(len(joints.name))
    shuffled.name = [*(joints.name[index] for index in order), "gripper"]
    for field in ("position", "velocity", "effort"):
        setattr(shuffled, field, [*(getattr(joints, field)[index] for index in order), 9.0])
    check_legged_joints(shuffled, system)
    np.testing.assert_array_equal(legged_state(system, shuffled, odometry), legged_state(system, joints, odometry))


def put(field, value, index=None):
    def change(message):
        if index is None:
            setattr(message, field, value)
        else:
            getattr(message, field)[index] = value

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put("position", math.nan, 2), r"position\[2\]"),
        (put("velocity", math.inf, 0), r"velocity\[0\]"),
        (put("effort", math.nan, 5), r"effort\[5\]"),
        (put("position", 1e9, 1), "position is 1e\\+09"),
        (put("velocity", []), "velocity"),
        (put("name", ["a", "b", "c", "d", "e", "f"]), "joints of cheetah"),
        (put("name", ["bthigh"] * 6), "distinct"),
    ],
)
def test_broken_joint_states_are_refused(change, words):
    joints = messages(CHEETAH, random_state(CHEETAH, 0))[0]
    change(joints)
    with pytest.raises(MessageRefused, match=words):
        check_legged_joints(joints, CHEETAH)


def test_joints_of_another_robot_are_refused_by_name():
    joints = messages(ANT, random_state(ANT, 0))[0]
    with pytest.raises(MessageRefused, match="must hold the joints of cheetah.*'bthigh'.*are missing"):
        check_legged_joints(joints, CHEETAH)


def test_a_base_at_impossible_speed_is_refused():
    odometry = messages(ANT, random_state(ANT, 0))[1]
    odometry.twist.twist.linear.x = 1e6
    with pytest.raises(MessageRefused, match="twist.twist is 1e\\+06"):
        check_base_odometry(odometry)


def test_commands_carry_the_stamp_that_they_answer():
    torques = np.array((120.0, -90.0, 0.5, 0.0, 1.0, -30.0))
    message = stamped_numbers(torques, STAMP)
    check_torques(message, CHEETAH)
    assert stamp_of_numbers(message) == STAMP and numbers(message).tolist() == torques.tolist()
    assert stamp_of_numbers(stamped_numbers(torques, None)) is None
    plain = type(message)(data=torques.tolist())
    check_torques(plain, CHEETAH)
    assert stamp_of_numbers(plain) is None


@pytest.mark.parametrize(
    ("torques", "words"),
    [
        ([0.0] * 8, "size of data is 8: must be 6"),
        ([], "size of data is 0"),
        ([0.0, math.nan, 0.0, 0.0, 0.0, 0.0], r"data\[1\] is nan"),
        ([0.0, 0.0, 61.0, 0.0, 0.0, 0.0], "torque of bfoot is 61.000 N m: must be at most 60 N m"),
    ],
)
def test_bad_torques_are_refused(torques, words):
    with pytest.raises(MessageRefused, match=words):
        check_torques(stamped_numbers(np.array(torques), None), CHEETAH)


def test_a_label_that_is_no_stamp_is_refused():
    message = stamped_numbers(np.zeros(6), None)
    message.layout.dim[0].label = "joints"
    with pytest.raises(MessageRefused, match="label"):
        check_torques(message, CHEETAH)


@pytest.mark.parametrize(
    ("distance", "duration", "words"),
    [
        (0.0, 0.0, "one of them"),
        (-1.0, 0.0, "distance is -1.*forward"),
        (0.0, -1.0, "duration is -1.*no limit"),
        (0.0, math.nan, "duration is nan"),
        (1e9, 0.0, "0 to 100000; send several shorter"),
        (0.0, 1e9, "0 to 100000; send several shorter"),
    ],
)
def test_bad_goals_are_refused(distance, duration, words):
    with pytest.raises(MessageRefused, match=words):
        check_walk_goal(Walk.Goal(distance=distance, duration=duration))
    check_walk_goal(Walk.Goal(distance=1.0))
    check_walk_goal(Walk.Goal(duration=1.0))


@ROBOTS
def test_a_moment_is_complete_with_both_messages_and_repeated_once_for_both(system):
    states, state = LeggedStates(system, 0), random_state(system, 0)
    joints, odometry = messages(system, state)
    assert states.add_odometry(odometry) is None
    sample = states.add_joints(joints)
    assert sample is not None and sample.stamp == STAMP and not sample.repeated
    np.testing.assert_allclose(sample.efforts, np.linspace(-1, 1, len(system.joint_names)))
    again = states.add_odometry(odometry)
    assert again is not None and again.repeated
    older = messages(system, state, STAMP - 1_000_000)
    assert states.add_joints(older[0]) is None and states.add_odometry(older[1]) is None


def test_stamps_may_differ_within_the_tolerance():
    states, state = LeggedStates(ANT, 2_000_000), random_state(ANT, 0)
    joints = messages(ANT, state)[0]
    assert states.add_joints(joints) is None
    assert states.add_odometry(messages(ANT, state, STAMP + 3_000_000)[1]) is None
    sample = states.add_odometry(messages(ANT, state, STAMP + 1_000_000)[1])
    assert sample is not None and sample.stamp == stamp_ns(joints.header.stamp)


def follow(states, system, state, stamp):
    joints, odometry = messages(system, state, stamp)
    states.add_odometry(odometry)
    return states.add_joints(joints).state


def test_a_somersault_goes_on_beyond_half_a_turn_and_ends_with_the_episode():
    states = LeggedStates(CHEETAH, 0)
    for step, pitch in enumerate(np.arange(0.0, 15.0, 0.5)):
        state = np.zeros(18)
        state[2] = pitch
        np.testing.assert_allclose(follow(states, CHEETAH, state, STAMP + step * 10_000_000), state, atol=1e-9)
    later = follow(states, CHEETAH, state, STAMP + 11_000_000_000)
    assert abs(later[2]) < math.pi


def test_of_two_quaternions_the_nearer_one_is_taken():
    states, state = LeggedStates(ANT, 0), random_state(ANT, 0)
    state[3:7] *= math.copysign(1.0, state[6])
    first = follow(states, ANT, state, STAMP)
    flipped = state.copy()
    flipped[3:7] *= -1.0
    np.testing.assert_allclose(follow(states, ANT, flipped, STAMP + 20_000_000), first, atol=1e-9)

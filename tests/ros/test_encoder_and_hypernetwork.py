"""Interaction encoder and hypernetwork as processes: history, codes, experts, the service, what they refuse."""

from __future__ import annotations

import itertools
import math
import time

import numpy as np
import pytest
import torch
from hyperdynamics.srv import GenerateExpert
from std_msgs.msg import UInt32

from hyperdynamics_core.methods.context import Context
from hyperdynamics_core.methods.shape_codes import ShapeTable
from hyperdynamics_core.methods.storage import load_method
from hyperdynamics_ros.checks import check_expert_weights, check_interaction_history, check_latent_code, stamp_ns
from hyperdynamics_ros.conversions.arrays import float_field, floats
from hyperdynamics_ros.conversions.experts import bank_from, interactions_from
from hyperdynamics_ros.conversions.states import end_effector_message, odometry_message
from tests.ros.processes import running
from tests.ros.robot import CODE_SIZE, N_YAWS, Robot

EPISODES = itertools.count(10, 10)


@pytest.fixture(scope="module")
def encoder(models):
    with running("interaction_encoder", model=models["method"], window=4) as process:
        yield process


@pytest.fixture(scope="module")
def hypernetwork(models):
    with running("hypernetwork", model=models["method"]) as process:
        yield process


@pytest.fixture(scope="module")
def stored(models):
    return load_method(models["method"])


@pytest.fixture
def robot(encoder, hypernetwork, listener):
    made = Robot(listener)
    episode = next(EPISODES)
    made.stamp *= episode
    made.episodes.publish(UInt32(data=episode))
    listener.until(lambda: made.histories and made.histories[-1].episode == episode, "the new episode")
    made.publish(made.state())
    made.episode = episode
    return made


def test_pushes_make_the_history_and_the_code_that_the_core_makes(robot, stored):
    assert robot.codes[-1].interactions == 0 and not any(robot.codes[-1].code)
    for _ in range(3):
        pushed, code = time.time(), robot.push()
    check_latent_code(code)
    heard, sent = code.trace
    assert pushed < heard <= sent < time.time(), "the code tells when its own state was heard"
    robot.listener.until(lambda: len(robot.histories[-1].actions) == 9, "the third interaction")
    history = robot.histories[-1]
    check_interaction_history(history)
    assert code.interactions == 3 and history.episode == robot.episode
    shape = ShapeTable(torch.zeros(1, 8), code.reference_yaw)
    expected = stored.method.encode_interactions(Context(interactions_from(history), shape))
    np.testing.assert_allclose(floats(code.code), expected.numpy(), rtol=1e-5, atol=1e-6)


def test_the_window_rolls_and_lifts_do_not_count(robot):
    for _ in range(6):
        robot.push()
    robot.listener.spin(1.0)
    count = len(robot.histories)
    robot.push((0.0, 0.0, 0.1), height=0.112)
    robot.listener.spin(1.0)
    assert len(robot.histories) == count and robot.codes[-1].interactions == 4


def test_a_new_episode_clears_the_history(robot, listener):
    robot.push()
    assert robot.codes[-1].interactions == 1
    robot.episodes.publish(UInt32(data=robot.episode + 1))
    listener.until(lambda: robot.histories[-1].episode == robot.episode + 1, "the new episode")
    assert len(robot.histories[-1].actions) == 0
    robot.stamp += 10_000_000_000
    assert robot.publish(robot.state()).interactions == 0


def test_experts_of_codes_of_one_moment(robot, listener, stored):
    code = robot.push()
    objects = robot.see(stored.sha256)
    message = listener.until(
        lambda: robot.experts and stamp_ns(robot.experts[-1].header.stamp) == robot.stamp and robot.experts[-1],
        "experts",
    )
    check_expert_weights(message)
    bank = bank_from(message)
    assert len(bank.yaws) == 72 and bank.reference_yaw == code.reference_yaw
    assert (message.method, message.model, message.episode) == ("hyperdynamics", stored.sha256, robot.episode)
    z_vis = torch.from_numpy(floats(objects.objects[0].shape_codes).copy()).view(N_YAWS, CODE_SIZE)
    z_int = torch.from_numpy(floats(code.code).copy()).unsqueeze(0)
    torch.testing.assert_close(bank.weights[:1], stored.method.generate(z_int, z_vis[:1]))
    torch.testing.assert_close(bank.weights[6:7], stored.method.generate(z_int, z_vis[1:2]))


def test_a_state_that_is_told_again_brings_its_experts_again(robot, listener, stored):
    state = robot.state()
    robot.stamp += 1_000_000_000
    robot.publish(state)
    robot.see(stored.sha256)
    listener.until(lambda: robot.experts and stamp_ns(robot.experts[-1].header.stamp) == robot.stamp, "experts")
    first, count = robot.experts[-1], len(robot.experts)
    listener.spin(0.5)
    assert len(robot.experts) == count
    robot.publish(state)
    listener.until(lambda: len(robot.experts) > count, "the same experts")
    assert robot.experts[-1] == first


def test_states_that_come_fast_bring_fewer_codes_and_an_old_picture_still_finds_its_own(robot, listener, stored):
    state, first = robot.state(), robot.stamp
    listener.spin(0.1)
    known = len(robot.codes)
    for index in range(200):
        robot.stamp += 10_000_000
        robot.odometry.publish(odometry_message(state, robot.stamp))
        robot.tip.publish(end_effector_message(state, robot.stamp))
        if index % 8 == 7:
            listener.spin(0.04)  # so that no queue overflows
    robot.stamp += 1_000_000_000
    robot.publish(state)
    assert 95 <= len(robot.codes) - known <= 160
    robot.stamp = first + 305_000_000
    robot.see(stored.sha256)
    listener.until(lambda: robot.experts and stamp_ns(robot.experts[-1].header.stamp) == robot.stamp, "its experts")


def test_codes_of_another_model_are_refused(robot, listener, hypernetwork):
    robot.see("0123456789ab")
    listener.until(lambda: "codes must come from this node's model" in hypernetwork.output, "a refusal")


def request(**changes):
    message = GenerateExpert.Request(system="push", code_size=CODE_SIZE, reference_yaw=0.3)
    message.latent_code = float_field(np.array((0.1, -0.4)))
    message.yaws = float_field(np.arange(N_YAWS) * 2 * np.pi / N_YAWS)
    message.shape_codes = float_field(np.ones((N_YAWS, CODE_SIZE)))
    for name, value in changes.items():
        setattr(message, name, value)
    return message


def test_the_service_generates_on_request(hypernetwork, listener, stored):
    response = listener.call(GenerateExpert, "generate_expert", request())
    assert response.success, response.message
    check_expert_weights(response.weights)
    bank = bank_from(response.weights)
    assert len(bank.yaws) == N_YAWS and bank.reference_yaw == 0.3
    expected = stored.method.generate(torch.tensor([[0.1, -0.4]]), torch.ones(1, CODE_SIZE))
    torch.testing.assert_close(bank.weights[3:4], expected)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"system": "boat"}, "'boat'"),
        ({"latent_code": [0.0] * 5}, "takes 2"),
        ({"latent_code": [math.nan, 0.0]}, "latent_code"),
        ({"shape_codes": [0.0]}, "shape_codes"),
        ({"yaws": [], "shape_codes": [], "code_size": 0}, "takes 8"),
    ],
)
def test_the_service_refuses_with_a_reason(hypernetwork, listener, changes, words):
    response = listener.call(GenerateExpert, "generate_expert", request(**changes))
    assert not response.success and words in response.message

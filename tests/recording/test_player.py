"""A bag played as if it were the robot: to the test, and to a real encoder that makes of it what it made online."""

from __future__ import annotations

import time

import numpy as np
import pytest
import torch
from hyperdynamics.msg import LatentCode
from nav_msgs.msg import Odometry
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import JointState
from std_srvs.srv import Trigger

from hyperdynamics_core.methods.config import locomotion_sizes
from hyperdynamics_core.methods.context import Context, Interactions
from hyperdynamics_core.methods.registry import make_method
from hyperdynamics_core.methods.storage import load_method, save_method
from hyperdynamics_core.systems.legged import CHEETAH
from hyperdynamics_ros.checks import stamp_ns
from hyperdynamics_ros.conversions.arrays import floats
from tests.recording.test_from_bag import START, told, walked, written
from tests.ros.processes import NodeProcess, running

STEP = 10_000_000


@pytest.fixture(scope="module")
def episode():
    return walked("cheetah-pier", 60)


@pytest.fixture
def bag(tmp_path, episode):
    return written(tmp_path / "bag", told("cheetah", episode))


def test_at_a_rate_everything_comes_in_order_and_in_time(listener, bag):
    joints = listener.collect(JointState, "joint_states", 200)
    odometry = listener.collect(Odometry, "odom", 200)
    clock = listener.collect(Clock, "/clock", 500)
    with running("bag_player", bag=bag, rate=0.5, patience=5.0) as player:
        listener.until(lambda: joints, "the first state")
        began = time.monotonic()
        listener.until(lambda: "has been played" in player.output, "the end")
        took = time.monotonic() - began
        listener.until(lambda: len(joints) == len(odometry) == 61, "all states")
        listener.until(lambda: stamp_ns(clock[-1].clock) >= START + 59 * STEP, "the clock's end")
    assert [stamp_ns(message.header.stamp) for message in joints] == [START + index * STEP for index in range(61)]
    assert took == pytest.approx(1.2, abs=0.6)


def test_in_step_each_call_gives_one_state(listener, bag):
    joints = listener.collect(JointState, "joint_states", 200)
    with running("bag_player", bag=bag, mode="step") as player:
        listener.until(lambda: "/bag_player/next" in dict(listener.node.get_service_names_and_types()), "the service")
        listener.spin(0.5)
        assert not joints
        client = listener.node.create_client(Trigger, "/bag_player/next")
        listener.until(client.service_is_ready, "the service")
        listener.until(lambda: listener.node.count_publishers("joint_states"), "the publisher")
        listener.spin(1.0)
        for number in range(1, 4):
            future = client.call_async(Trigger.Request())
            listener.until(future.done, "an answer")
            assert future.result().success and "messages, the last at" in future.result().message
            listener.until(lambda: len(joints) == number, "a state")  # noqa: B023
        refused = listener.call(Trigger, "/bag_player/resume", Trigger.Request())
        assert not refused.success and "call ~/next" in refused.message
        assert player.code is None


def test_an_encoder_on_a_bag_makes_the_codes_of_the_recorded_steps(listener, bag, episode, tmp_path):
    torch.manual_seed(0)
    save_method(tmp_path / "model", make_method("hyperdynamics", locomotion_sizes(), CHEETAH))
    codes = listener.collect(LatentCode, "latent_code", 200)
    with running("interaction_encoder", model=tmp_path / "model", system="cheetah", use_sim_time=True) as encoder:
        listener.until(lambda: "ready" in encoder.output, "the encoder")
        with running("bag_player", bag=bag, topics="[joint_states, odom]", rate=0.5):
            end = START + 60 * STEP
            listener.until(lambda: codes and stamp_ns(codes[-1].header.stamp) == end, "the last code")
    last = codes[-1]
    states, actions = torch.from_numpy(episode.states[-17:]), torch.from_numpy(episode.actions[-16:])
    window = Interactions(states[:-1].float(), actions.float(), states[1:].float())
    wanted = load_method(tmp_path / "model", CHEETAH).method.encode_interactions(Context(window, None))
    assert last.interactions == 16
    np.testing.assert_allclose(floats(last.code), wanted.numpy(), atol=2e-4)


@pytest.mark.parametrize(
    ("settings", "words"),
    [({"bag": "/nowhere"}, "is no folder"), ({"topics": "[nothing]"}, "holds none of the topics"),
     ({"mode": "step", "step_topic": "camera/pose"}, "is not played; choose one of")],
)  # fmt: skip
def test_what_cannot_be_played_ends_the_node(bag, settings, words):
    process = NodeProcess("bag_player", **{"bag": bag, **settings})
    assert process.wait() != 0
    assert words in process.output and "Traceback" not in process.output
    process.stop()

"""The action walk with real nodes: bridge, encoder, hypernetwork, controller, each a process."""

from __future__ import annotations

import math
import signal

import numpy as np
import pytest
from action_msgs.msg import GoalStatus
from hyperdynamics.action import Walk
from sensor_msgs.msg import JointState
from std_srvs.srv import Trigger

from hyperdynamics_core.control.walk_goal import WalkCode
from hyperdynamics_core.methods.context import Context
from hyperdynamics_core.methods.storage import load_method
from hyperdynamics_core.systems.legged import CHEETAH
from hyperdynamics_ros.checks import check_expert_weights, check_interaction_history, stamp_ns
from hyperdynamics_ros.conversions.arrays import floats
from hyperdynamics_ros.conversions.commands import numbers, stamp_of_numbers
from hyperdynamics_ros.conversions.experts import interactions_from
from hyperdynamics_ros.walk_figures import STAGES
from tests.ros.walkers import Client, Graph

STEP, EPISODE_GAP = 10_000_000, 10_000_000_000


@pytest.fixture(scope="module")
def graph(model):
    made = Graph(model, "lockstep")
    yield made
    made.stop()


@pytest.fixture
def client(listener, graph):
    return Client(listener, graph)


def test_a_second_in_lockstep(client, listener, model):
    start = client.stamp
    handle = client.send(duration=1.0)
    result = client.result(handle)
    listener.until(lambda: handle.status == GoalStatus.STATUS_SUCCEEDED, "the goal's last status")
    assert result.success and result.code == Walk.Result.SUCCESS, result.message
    assert result.steps == 100 and math.isclose(result.duration, 1.0, abs_tol=1e-6)
    client.limp()
    # The last zero torques, which stop the robot, make one step more.
    listener.until(lambda: client.stamp == start + 101 * STEP, "the end")
    # A state that is not answered in 0.2 s is said again, and so is its command: on a busy machine some come twice.
    answered = {stamp_of_numbers(command): numbers(command) / CHEETAH.max_torques for command in client.commands}
    assert list(answered) == [*range(start, start + 100 * STEP, STEP), None]
    assert all(np.abs(torques).max() <= 1.0 for torques in answered.values())
    x = {stamp_ns(odometry.header.stamp): odometry.pose.pose.position.x for odometry in client.odometry}
    assert math.isclose(result.distance, x[start + 100 * STEP] - x[start], abs_tol=1e-5)
    speed = (x[start + 100 * STEP] - x[start]) / 0.01
    cost = 0.05 * sum(float(np.square(torques).sum()) for torques in answered.values())
    assert math.isclose(result.total_return, speed - cost, rel_tol=1e-3, abs_tol=1e-2)
    check_codes(client, listener, start, model)
    check_reports(client, listener)


def check_codes(client, listener, start, model):
    """Nothing is known for sixteen steps; then the code is that of the history."""
    end = start + 101 * STEP
    for said in (client.codes, client.histories):
        listener.until(lambda: stamp_ns(said[-1].header.stamp) == end, "code and history of the end")  # noqa: B023
    by_stamp = {stamp_ns(code.header.stamp): code for code in client.codes}
    counts = [by_stamp[start + step * STEP].interactions for step in range(20)]
    assert counts == [0] * 16 + [16] * 4
    assert not any(by_stamp[start + 15 * STEP].code) and any(by_stamp[start + 16 * STEP].code)
    history, code = client.histories[-1], by_stamp[stamp_ns(client.histories[-1].header.stamp)]
    check_interaction_history(history)
    interactions = interactions_from(history)
    assert interactions.states.shape == (16, 18)
    expected = load_method(model, CHEETAH).method.encode_interactions(Context(interactions, None))
    np.testing.assert_allclose(floats(code.code), expected.numpy(), rtol=1e-4, atol=1e-6)
    check_expert_weights(client.experts[-1])
    assert client.experts[-1].input_clamp == 5.0


def stage_times(statistics):
    return zip(statistics.stage_ms_p50, statistics.stage_ms_p95, strict=True)


def check_reports(client, listener):
    listener.until(lambda: client.statistics and client.statistics[-1].steps == 100, "the last statistics")
    steps = [word.step for word in client.feedback]
    assert steps == sorted(steps) and len(steps) > 5
    assert all(word.phase == Walk.Feedback.WALKING for word in client.feedback[:-1])
    last = client.statistics[-1]
    assert last.steps == 100 and last.candidates == 20 and last.wanted_rate == 100.0 and last.late_experts == 0
    assert list(last.stages) == list(STAGES) and all(0 < p50 <= p95 for p50, p95 in stage_times(last))
    assert 0 < last.planning_ms_p50 <= last.planning_ms_p95 <= last.planning_ms_p99 and last.rate > 1.0
    assert last.planning_ms_p50 < last.latency_ms_p50 and 0 <= last.missed_deadlines <= 100


def test_cancel_lets_the_robot_go_limp_and_time_stand_still(client, listener):
    handle = client.walking()
    listener.until(lambda: handle.status == GoalStatus.STATUS_EXECUTING, "the goal's status")
    future = handle.cancel_goal_async()
    listener.until(future.done, "the cancel's answer")
    assert future.result().goals_canceling
    result = client.result(handle)
    assert result.code == Walk.Result.CANCELED and not result.success and result.steps >= 20
    listener.until(lambda: handle.status == GoalStatus.STATUS_CANCELED, "the goal's last status")
    client.limp()
    listener.spin(0.3)
    stamp, count = client.stamp, len(client.commands)
    listener.spin(0.6)
    assert client.stamp == stamp and len(client.commands) == count


@pytest.mark.parametrize(
    ("goal", "words"), [({}, "one of them"), ({"distance": -1}, "distance"), ({"duration": math.inf}, "finite")]
)
def test_impossible_goals_end_at_once_with_the_reason(client, goal, words):
    handle = client.send(**goal)
    result = client.result(handle)
    assert result.code == Walk.Result.INVALID_GOAL and words in result.message
    client.listener.until(lambda: handle.status == GoalStatus.STATUS_ABORTED, "the goal's last status")


def test_too_far_for_the_time(client):
    result = client.result(client.send(distance=100, duration=0.2))
    assert result.code == Walk.Result.TIME_OUT and result.steps == 20


def test_one_goal_at_a_time(client, listener):
    first = client.walking()
    assert not client.send(duration=1).accepted
    listener.until(first.cancel_goal_async().done, "the cancel's answer")
    assert client.result(first).code == Walk.Result.CANCELED


def test_a_reset_ends_the_goal_and_begins_the_history_anew(client, listener):
    handle = client.walking()
    before = client.stamp
    listener.call(Trigger, "reset", Trigger.Request())
    result = client.result(handle)
    assert result.code == Walk.Result.CANCELED and "set up anew" in result.message
    listener.until(lambda: client.stamp > before + EPISODE_GAP // 2, "the new state")
    listener.until(
        lambda: client.codes and stamp_ns(client.codes[-1].header.stamp) == client.stamp, "the code of the new state"
    )
    assert client.codes[-1].interactions <= 1 and not any(client.codes[-1].code)


def test_broken_joint_states_are_refused_and_the_walk_goes_on(client, listener, graph):
    handle = client.walking(duration=3)
    publisher = listener.publisher(JointState, "joint_states")
    # Encoder, controller and the test's own.
    listener.until(lambda: publisher.get_subscription_count() >= 3, "the nodes' subscriptions")
    broken = JointState(name=list(CHEETAH.joint_names), position=[math.nan] * 6, velocity=[0.0] * 6)
    broken.header.stamp = client.joints[-1].header.stamp
    foreign = JointState(name=["hip_1"], position=[0.0], velocity=[0.0])
    foreign.header.stamp = broken.header.stamp

    def refused():
        # Nodes keep only the newest message, so one may be overtaken: once is not enough.
        publisher.publish(broken)
        publisher.publish(foreign)
        listener.spin(0.05)
        return "refused" in graph.nodes["interaction_encoder"].output

    listener.until(refused, "a refusal")
    assert client.result(handle).success
    output = graph.nodes["interaction_encoder"].output
    assert "position[0] is nan: must be finite" in output or "must hold the joints of cheetah" in output


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("hypernetwork", WalkCode.STALE_EXPERT, "hypernetwork"),
        ("interaction_encoder", WalkCode.STALE_EXPERT, "interaction_encoder"),
        ("mujoco_bridge", WalkCode.STALE_STATE, "bridge or driver"),
    ],
)
def test_a_killed_node_ends_the_goal_with_zero_torques_and_is_named(client, graph, name, code, words):
    handle = client.walking()
    graph.kill(name)
    result = client.result(handle)
    assert result.code == code and words in result.message
    client.limp()


def test_a_bridge_that_starts_again_takes_the_clock_back_and_the_next_walk_works(client, graph, listener):
    handle = client.walking()
    graph.kill("mujoco_bridge")
    before = client.stamp
    graph.revive()
    result = client.result(handle)
    # What is heard first of the new bridge: its episode, or its clock.
    assert result.code in (WalkCode.STALE_STATE, Walk.Result.CANCELED) and not result.success
    listener.until(lambda: client.stamp != before and client.stamp < 11_000_000_000, "the new bridge's state")
    listener.until(lambda: stamp_ns(client.experts[-1].header.stamp) == client.stamp, "an expert for it")
    client.feedback.clear()
    handle = client.walking()
    listener.until(handle.cancel_goal_async().done, "the cancel's answer")
    assert client.result(handle).code == Walk.Result.CANCELED


def test_sigterm_while_walking_lets_the_robot_go_limp_and_ends_cleanly(client, graph):
    client.walking()
    controller = graph.nodes["mpc_controller"]
    controller.signal(signal.SIGTERM)
    assert controller.wait() == 0 and "Traceback" not in controller.output
    client.limp()

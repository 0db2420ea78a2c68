"""The MPC controller with real bridge, encoder and hypernetwork; only the eyes are a stand-in that knows the truth."""

from __future__ import annotations

import math
import signal

import pytest
from action_msgs.msg import GoalStatus, GoalStatusArray
from geometry_msgs.msg import PoseStamped, Vector3Stamped
from hyperdynamics.action import PushTo
from hyperdynamics.msg import ExpertWeights
from nav_msgs.msg import Odometry
from std_msgs.msg import Bool
from std_srvs.srv import Trigger
from visualization_msgs.msg import MarkerArray

from hyperdynamics_core.checkpoints import load_checkpoint
from hyperdynamics_ros.checks import stamp_ns
from hyperdynamics_ros.node import LATCHED
from tests.ros.processes import PATIENCE, NodeProcess, running
from tests.ros.stand_in import StandInEyes

LIMITS = {"state_timeout": 8.0, "objects_timeout": 8.0, "expert_timeout": 8.0}


class Graph:
    """The nodes; each can be killed and is started again for the next test."""

    def __init__(self, models):
        self.settings = {
            "pybullet_bridge": {"seed": 5, "republish_period": 0.2, "camera": 4},
            "interaction_encoder": {"model": models["method"], "use_sim_time": True},
            "hypernetwork": {"model": models["method"], "yaws": 12, "use_sim_time": True},
            "mpc_controller": {**LIMITS, "object_position": "tracked", "use_sim_time": True},
        }
        self.nodes = {name: NodeProcess(name, **given) for name, given in self.settings.items()}

    def revive(self):
        for name, node in self.nodes.items():
            if node.code is not None:
                self.nodes[name] = NodeProcess(name, **self.settings[name])

    def kill(self, name):
        self.nodes[name].signal(signal.SIGKILL)
        self.nodes[name].wait()

    def stop(self):
        return {name: node.stop() for name, node in self.nodes.items()}


@pytest.fixture(scope="module")
def graph(models):
    made = Graph(models)
    yield made
    for name, node in made.nodes.items():
        print(f"--- {name} ---\n{node.output}")
    made.stop()


class Client:
    """A user of push_to."""

    def __init__(self, listener, graph, models):
        graph.revive()
        self.listener, self.graph = listener, graph
        self.eyes = StandInEyes(listener, load_checkpoint(models["method"], "method").sha256)
        self.feedback = []
        self.commands = listener.collect(Vector3Stamped, "end_effector/displacement")
        self.tips = listener.collect(PoseStamped, "end_effector/pose")
        self.odometry = listener.collect(Odometry, "object/odom")
        self.experts = listener.collect(ExpertWeights, "expert_weights", LATCHED)
        self.action = listener.goal_client(PushTo, "push_to")
        listener.call(Trigger, "reset", Trigger.Request())
        listener.until(lambda: self.odometry and self.tips and self.eyes.scenes, "the bridge")
        listener.until(self.fresh_experts, "experts of the newest state")

    def fresh_experts(self):
        newest = stamp_ns(self.odometry[-1].header.stamp)
        return self.experts and stamp_ns(self.experts[-1].header.stamp) == newest

    @property
    def place(self):
        position = self.odometry[-1].pose.pose.position
        return position.x, position.y

    def far_goal(self):
        x, y = self.place
        return (x - math.copysign(0.2, x), y)

    def send(self, xy, frame="world", **fields):
        goal = PushTo.Goal(**fields)
        goal.goal.header.frame_id = frame
        goal.goal.pose.position.x, goal.goal.pose.position.y = map(float, xy)
        return self.action.send(goal, lambda word: self.feedback.append(word.feedback))

    def result(self, handle, seconds=PATIENCE):
        future = handle.get_result_async()
        self.listener.until(future.done, "the result", seconds)
        return future.result().result

    def pursue(self):
        """A goal under way. The goal may overtake the news of the new scene and is then sent again."""
        for _ in range(3):
            handle = self.send(self.far_goal())
            assert handle.accepted
            ended = handle.get_result_async()
            self.listener.until(lambda: ended.done() or self.pushes >= 1, "the first push")  # noqa: B023
            if not ended.done():
                return handle
            assert "set up anew" in ended.result().result.message
        raise AssertionError("the goal was given up three times")

    @property
    def halted(self):
        """Whether the last command takes back the one before: no displacement, the same stamp. A task that waits for
        the object to come to rest sends none either, with a stamp of its own."""
        if len(self.commands) < 2:
            return False
        before, last = self.commands[-2:]
        still = (last.vector.x, last.vector.y, last.vector.z) == (0.0, 0.0, 0.0)
        return still and stamp_ns(last.header.stamp) == stamp_ns(before.header.stamp)

    @property
    def pushes(self):
        return self.feedback[-1].step if self.feedback else 0


@pytest.fixture
def client(listener, graph, models):
    return Client(listener, graph, models)


def test_an_object_at_the_goal_is_a_success(client):
    result = client.result(client.send(client.place))
    assert result.success and result.code == PushTo.Result.SUCCESS
    assert result.final_distance < 0.04 and result.steps == 0


@pytest.mark.parametrize(
    ("xy", "frame", "words"),
    [
        ((0.5, 0.0), "world", "at most 0.270 m"),
        ((math.nan, 0.0), "world", "finite"),
        ((0.1, 0.0), "map", "frame_id"),
        ((0.295, 0.0), "world", "too near the table's edge"),
    ],
)
def test_impossible_goals_end_at_once_with_the_reason(client, xy, frame, words):
    result = client.result(client.send(xy, frame))
    assert result.code == PushTo.Result.INVALID_GOAL and words in result.message


def test_probing_then_planned_pushes_with_feedback_and_markers(client, listener):
    markers = listener.collect(MarkerArray, "plan/markers")
    handle = client.send(client.far_goal(), max_steps=2, tolerance=0.01)
    result = client.result(handle, 120.0)
    phases = {word.phase for word in client.feedback}
    assert result.code == PushTo.Result.MAX_STEPS, result.message
    assert {PushTo.Feedback.PROBING, PushTo.Feedback.PUSHING} <= phases and result.steps > 2
    planned = [word for word in client.feedback if math.isfinite(word.planning_ms)]
    assert planned and all(math.isfinite(word.predicted_motion) for word in planned)
    names = {marker.ns for array in markers for marker in array.markers}
    assert {"boxes", "goal", "candidates", "chosen", "predicted", "real"} <= names
    pushes = [word.step for word in client.feedback]
    assert pushes == sorted(pushes) and all(word.distance >= 0 for word in client.feedback)


def test_cancel_stops_the_arm_at_once(client, listener):
    handle = client.pursue()
    # Not handle.status: a status that overtakes the answer to the goal finds no handle yet.
    statuses = listener.collect(GoalStatusArray, "push_to/_action/status", LATCHED)
    listener.until(
        lambda: statuses and statuses[-1].status_list[-1].status == GoalStatus.STATUS_EXECUTING, "the goal's status"
    )
    future = handle.cancel_goal_async()
    listener.until(future.done, "the cancel's answer")
    assert future.result().goals_canceling
    result = client.result(handle)
    assert result.code == PushTo.Result.CANCELED and not result.success
    listener.until(lambda: handle.status == GoalStatus.STATUS_CANCELED, "the goal's last status")
    # The command travels on a topic of its own: result and status may overtake it.
    listener.until(lambda: client.halted, "a displacement of zero")
    count, tip = len(client.commands), client.tips[-1].pose.position
    listener.spin(1.0)
    after = client.tips[-1].pose.position
    assert len(client.commands) == count and math.dist((tip.x, tip.y), (after.x, after.y)) < 0.1
    listener.spin(0.5)
    assert client.tips[-1].pose.position == after


def test_a_goal_right_after_a_cancel_is_pursued(client):
    first = client.pursue()
    first.cancel_goal_async()
    for _ in range(20):
        second = client.send(client.far_goal(), probe_again=True)
        if second.accepted:
            break
    assert client.result(first).code == PushTo.Result.CANCELED
    client.feedback.clear()
    client.listener.until(lambda: client.feedback and client.feedback[-1].step >= 1, "a push for the second goal")
    client.listener.until(second.cancel_goal_async().done, "the cancel's answer")


def test_one_goal_at_a_time(client):
    first = client.pursue()
    assert not client.send((0.0, 0.0)).accepted
    client.listener.until(first.cancel_goal_async().done, "the cancel's answer")
    assert client.result(first).code == PushTo.Result.CANCELED


def test_a_new_scene_ends_the_goal(client, listener):
    handle = client.pursue()
    listener.call(Trigger, "reset", Trigger.Request())
    result = client.result(handle)
    assert not result.success and "set up anew" in result.message


def test_a_touched_obstacle_is_a_collision(client, listener):
    handle = client.pursue()
    contact = listener.publisher(Bool, "obstacle_contact")
    for _ in range(20):
        contact.publish(Bool(data=True))
        listener.spin(0.02)
    result = client.result(handle)
    assert result.code in (PushTo.Result.COLLISION, PushTo.Result.OUT_OF_TABLE, PushTo.Result.MAX_STEPS)


def test_an_object_out_of_view_ends_the_goal(client):
    handle = client.pursue()
    client.eyes.mode = "blind"
    result = client.result(handle)
    assert result.code == PushTo.Result.OBJECT_LOST and "not in view" in result.message


def test_silent_perception_ends_the_goal_and_is_named(client):
    handle = client.pursue()
    client.eyes.mode = "dead"
    result = client.result(handle)
    assert result.code == PushTo.Result.OBJECT_LOST and "perception" in result.message


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("hypernetwork", PushTo.Result.STALE_EXPERT, "hypernetwork"),
        ("pybullet_bridge", PushTo.Result.STALE_STATE, "bridge or driver"),
    ],
)
def test_a_killed_node_ends_the_goal_and_is_named(client, graph, name, code, words):
    handle = client.pursue()
    graph.kill(name)
    result = client.result(handle)
    assert result.code == code and words in result.message
    last = client.commands[-1].vector
    assert (last.x, last.y, last.z) == (0.0, 0.0, 0.0)


def test_sigterm_while_pursuing_a_goal_stops_the_arm_and_ends_cleanly(client, graph):
    client.pursue()
    controller = graph.nodes["mpc_controller"]
    controller.signal(signal.SIGTERM)
    assert controller.wait() == 0 and "Traceback" not in controller.output
    client.listener.spin(0.3)
    last = client.commands[-1].vector
    assert (last.x, last.y, last.z) == (0.0, 0.0, 0.0)


def test_wrong_parameters_are_refused():
    with running("mpc_controller", horizon=0) as process:
        assert process.wait() == 1 and "horizon is 0: must be 1 to 50" in process.output

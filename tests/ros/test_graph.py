"""The whole graph with the trained models: five processes, a camera, an object that was never seen, one goal."""

from __future__ import annotations

import json
import math

import pytest
from geometry_msgs.msg import PoseStamped
from hyperdynamics.action import PushTo
from nav_msgs.msg import Odometry
from std_msgs.msg import String

from hyperdynamics_ros.environment import share_folder
from hyperdynamics_ros.node import LATCHED
from tests.ros.processes import NodeProcess

MODELS = share_folder() / "models"
NODES = ("pybullet_bridge", "perception", "interaction_encoder", "hypernetwork", "mpc_controller")

pytestmark = pytest.mark.skipif(
    not all((MODELS / name).is_dir() for name in ("push-perception", "push-hyperdynamics")),
    reason="the models have not been trained yet",
)


@pytest.fixture
def graph(request):
    settings = {name: {"use_sim_time": True} for name in NODES[1:]}
    # At 100 Hz a state pairs with its neighbours' parts and comes out more than once: no reason to send commands again.
    settings["pybullet_bridge"] = {"seed": 4, "object": "mit/hex", "mode": request.param, "state_rate": 100.0}
    nodes = [NodeProcess(name, **settings[name]) for name in NODES]
    yield nodes
    for node in nodes:
        print(f"--- {node.name} ---\n{node.output}")
        node.stop()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("graph", ["lockstep", "realtime"], indirect=True)
def test_an_unseen_object_is_pushed_to_its_goal(graph, listener):
    scenes = listener.collect(String, "scene", LATCHED)
    goals = listener.collect(PoseStamped, "suggested_goal", LATCHED)
    odometry = listener.collect(Odometry, "object/odom")
    listener.until(lambda: all("ready" in node.output for node in graph), "all nodes", 120.0)
    action = listener.goal_client(PushTo, "push_to")
    listener.until(lambda: scenes and goals and odometry, "the graph")
    feedback = []
    handle = action.send(PushTo.Goal(goal=goals[-1]), lambda message: feedback.append(message.feedback))
    future = handle.get_result_async()
    listener.until(future.done, "the result", 200.0)
    result = future.result().result
    assert result.success, result.message
    position, goal = odometry[-1].pose.pose.position, json.loads(scenes[-1].data)["goal"]
    assert math.dist((position.x, position.y), goal) < 0.05
    assert feedback[-1].step == result.steps > 0
    assert all(node.stop() == 0 for node in graph)

"""The nodes of a walk as processes, and a user of the action walk."""

from __future__ import annotations

import signal

from hyperdynamics.action import Walk
from hyperdynamics.msg import ControlStatistics, ExpertWeights, InteractionHistory, LatentCode
from nav_msgs.msg import Odometry
from rclpy.qos import QoSDurabilityPolicy, QoSProfile
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray
from std_srvs.srv import Trigger

from hyperdynamics_ros.checks import stamp_ns
from tests.ros.processes import PATIENCE, NodeProcess

DEEP = 1000
ALL = QoSProfile(depth=DEEP, durability=QoSDurabilityPolicy.TRANSIENT_LOCAL)
"""What is latched, every message of it: with a depth of one a slow test would miss some."""


class Graph:
    """The nodes; each can be killed and is started again for the next test."""

    def __init__(self, model, mode):
        common = {"model": model, "use_sim_time": True}
        self.settings = {
            "mujoco_bridge": {"seed": 5, "terrain": "pier", "mode": mode, "republish_period": 0.2},
            "interaction_encoder": {**common, "system": "cheetah"},
            "hypernetwork": common,
            "mpc_controller": {
                "system": "cheetah", "mode": mode, "use_sim_time": True, "candidates": 20, "horizon": 5,
                "expert_timeout": 10.0, "state_timeout": 10.0, "give_up": 2.0, "feedback_rate": 100.0,
            },
        }  # fmt: skip
        self.nodes = {name: NodeProcess(name, **given) for name, given in self.settings.items()}

    def revive(self):
        for name, node in self.nodes.items():
            if node.code is not None:
                self.nodes[name] = NodeProcess(name, **self.settings[name])

    def kill(self, name):
        self.nodes[name].signal(signal.SIGKILL)
        self.nodes[name].wait()

    def stop(self):
        for name, node in self.nodes.items():
            print(f"--- {name} ---\n{node.output}")
        return {name: node.stop() for name, node in self.nodes.items()}


class Client:
    """A user of walk."""

    def __init__(self, listener, graph):
        graph.revive()
        self.listener, self.graph, self.feedback = listener, graph, []
        self.commands = listener.collect(Float64MultiArray, "effort_controller/commands", DEEP)
        self.joints = listener.collect(JointState, "joint_states", DEEP)
        self.odometry = listener.collect(Odometry, "odom", DEEP)
        self.codes = listener.collect(LatentCode, "latent_code", DEEP)
        self.experts = listener.collect(ExpertWeights, "expert_weights", ALL)
        self.histories = listener.collect(InteractionHistory, "interaction_history", ALL)
        self.statistics = listener.collect(ControlStatistics, "control_statistics", DEEP)
        self.action = listener.goal_client(Walk, "walk")
        listener.until(lambda: self.joints and self.experts, "the graph")
        listener.call(Trigger, "reset", Trigger.Request())
        listener.spin(0.3)
        listener.until(self.fresh, "experts of the newest state")

    def fresh(self):
        """Whether the newest expert is of the newest state, or of one a moment ago."""
        return abs(self.stamp - stamp_ns(self.experts[-1].header.stamp)) < 100_000_000

    @property
    def stamp(self):
        return stamp_ns(self.joints[-1].header.stamp)

    def send(self, **fields):
        goal = Walk.Goal(**{name: float(value) for name, value in fields.items()})
        return self.action.send(goal, lambda word: self.feedback.append(word.feedback))

    def result(self, handle, seconds=PATIENCE):
        future = handle.get_result_async()
        self.listener.until(future.done, "the result", seconds)
        return future.result().result

    def walking(self, **fields):
        """A goal under way. It may overtake the news of a node that was just started, and is then sent again."""
        for _ in range(5):
            handle = self.send(**(fields or {"duration": 1000}))
            assert handle.accepted
            ended = handle.get_result_async()
            self.listener.until(lambda: ended.done() or self.under_way, "twenty steps")  # noqa: B023
            if not ended.done():
                return handle
        raise AssertionError(f"the goal ended five times: {ended.result().result.message}")

    @property
    def under_way(self):
        """Whether twenty steps were walked with an expert."""
        last = self.feedback[-1] if self.feedback else None
        return last is not None and last.step >= 20 and last.phase == Walk.Feedback.WALKING

    def limp(self):
        return self.listener.until(lambda: self.commands and not any(self.commands[-1].data), "zero torques")

"""The test in the place of bridge and perception: states, commands, detections."""

from __future__ import annotations

import math
import time

import numpy as np
from geometry_msgs.msg import PoseStamped, Vector3Stamped
from hyperdynamics.msg import DetectedObjects, ExpertWeights, InteractionHistory, LatentCode
from nav_msgs.msg import Odometry
from std_msgs.msg import UInt32

from hyperdynamics_ros.checks import stamp_ns
from hyperdynamics_ros.conversions.arrays import float_field
from hyperdynamics_ros.conversions.states import end_effector_message, odometry_message
from hyperdynamics_ros.node import LATCHED
from tests.ros import messages

STEP = 800_000_000
N_YAWS, CODE_SIZE = 12, 8


class Robot:
    """Publishes what the nodes read, collects what they say."""

    def __init__(self, listener, encoder_alone=False):
        self.listener, self.stamp, self.rng = listener, 10_000_000_000, np.random.default_rng(0)
        self.odometry = listener.publisher(Odometry, "object/odom")
        self.tip = listener.publisher(PoseStamped, "end_effector/pose")
        self.commands = listener.publisher(Vector3Stamped, "end_effector/displacement")
        self.objects = listener.publisher(DetectedObjects, "objects")
        self.episodes = listener.publisher(UInt32, "episode", LATCHED)
        self.codes = listener.collect(LatentCode, "latent_code")
        self.histories = listener.collect(InteractionHistory, "interaction_history", LATCHED)
        self.experts = listener.collect(ExpertWeights, "expert_weights", LATCHED)
        heard = (self.odometry, self.tip, self.commands, self.episodes)
        for topic in heard if encoder_alone else (*heard, self.objects):
            listener.until(topic.get_subscription_count, "the nodes' subscriptions")
        listener.until(lambda: listener.node.count_publishers("latent_code"), "the encoder's codes")
        listener.spin(0.5)  # this side knows of the nodes; the nodes may need a moment longer to know of this side

    def state(self, height=0.012):
        state = np.zeros(16)
        state[0:2], state[13:15] = self.rng.uniform(-0.1, 0.1, 2), self.rng.uniform(-0.1, 0.1, 2)
        yaw = self.rng.uniform(-math.pi, math.pi)
        state[5], state[6], state[15] = math.sin(yaw / 2), math.cos(yaw / 2), height
        return state

    def publish(self, state):
        self.odometry.publish(odometry_message(state, self.stamp))
        self.tip.publish(end_effector_message(state, self.stamp))
        return self.listener.until(
            lambda: self.codes and stamp_ns(self.codes[-1].header.stamp) == self.stamp and self.codes[-1], "a code"
        )

    def again(self, state, seen):
        """State and detections once more, twice a second at most, as a bridge that waits tells them: nodes that start
        together may not have known of each other when they came first."""
        if time.monotonic() - self._told > 0.5:
            self._told = time.monotonic()
            self.odometry.publish(odometry_message(state, self.stamp))
            self.tip.publish(end_effector_message(state, self.stamp))
            self.objects.publish(seen)

    _told = 0.0

    def push(self, xyz=(0.04, 0.01, 0.0), height=0.012):
        self.commands.publish(messages.displacement(xyz, self.stamp))
        self.listener.spin(0.2)  # a command and the state after it are different topics: one may overtake the other
        self.stamp += STEP
        return self.publish(self.state(height))

    def see(self, model, code_size=CODE_SIZE):
        message = messages.objects(N_YAWS, code_size)
        message.header.stamp.sec, message.header.stamp.nanosec = divmod(self.stamp, 1_000_000_000)
        message.model = model
        message.objects[0].shape_codes = float_field(self.rng.normal(size=(N_YAWS, code_size)))
        self.objects.publish(message)
        return message

"""The test in the place of the controller: hears the MuJoCo bridge and commands it."""

from __future__ import annotations

import numpy as np
from nav_msgs.msg import Odometry
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray, String

from hyperdynamics_core.systems.legged import CHEETAH
from hyperdynamics_ros.checks import stamp_ns
from hyperdynamics_ros.conversions.commands import stamped_numbers
from hyperdynamics_ros.conversions.legged import legged_state


class Robot:
    """See the module's docstring."""

    def __init__(self, listener):
        self.listener = listener
        self.joints = listener.collect(JointState, "joint_states", 100)
        self.odometry = listener.collect(Odometry, "odom", 100)
        self.refusals = listener.collect(String, "command_refused")
        self.commands = listener.publisher(Float64MultiArray, "effort_controller/commands")
        listener.until(self.commands.get_subscription_count, "the bridge's subscription")
        listener.until(lambda: self.joints and self.odometry, "a first state")

    @property
    def stamp(self):
        return min(stamp_ns(part[-1].header.stamp) for part in (self.joints, self.odometry))

    @property
    def state(self):
        return legged_state(CHEETAH, self.joints[-1], self.odometry[-1])

    def send(self, torques, answers=None):
        self.commands.publish(stamped_numbers(np.asarray(torques, dtype=float), answers))

    def step(self, torques, answers=None):
        before = self.stamp
        self.send(torques, answers)
        self.listener.until(lambda: self.stamp > before, "the next state")
        return self.stamp - before

"""The test in the place of the controller: hears the PyBullet bridge and commands it."""

from __future__ import annotations

from geometry_msgs.msg import PoseStamped, Vector3Stamped
from nav_msgs.msg import Odometry
from std_msgs.msg import String

from hyperdynamics_ros.checks import stamp_ns
from hyperdynamics_ros.conversions.states import push_state
from tests.ros import messages

STEP = 800_000_000


class Arm:
    """See the module's docstring."""

    def __init__(self, listener):
        self.listener = listener
        self.odometry = listener.collect(Odometry, "object/odom")
        self.tips = listener.collect(PoseStamped, "end_effector/pose")
        self.refusals = listener.collect(String, "command_refused")
        self.commands = listener.publisher(Vector3Stamped, "end_effector/displacement")
        listener.until(self.commands.get_subscription_count, "the bridge's subscription")
        listener.until(lambda: self.odometry and self.tips, "a first state")

    @property
    def stamp(self):
        return min(stamp_ns(part[-1].header.stamp) for part in (self.odometry, self.tips))

    @property
    def state(self):
        return push_state(self.odometry[-1], self.tips[-1])

    def push(self, xyz, stamp=None):
        before = self.stamp
        self.commands.publish(messages.displacement(xyz, before if stamp is None else stamp))
        self.listener.until(lambda: self.stamp > before, "the next state")
        return self.stamp - before

"""The test in the place of a real arm's driver: its own clock, no box in its scene, detections as perception tells."""

from __future__ import annotations

import json
import time

import numpy as np
from geometry_msgs.msg import PoseStamped, Vector3Stamped
from hyperdynamics.msg import DetectedObjects
from nav_msgs.msg import Odometry
from std_msgs.msg import String, UInt32
from std_srvs.srv import Trigger

from hyperdynamics_core.vision.perception import Detection
from hyperdynamics_ros.checks import stamp_ns
from hyperdynamics_ros.conversions.arrays import from_xyz
from hyperdynamics_ros.conversions.objects import objects_message
from hyperdynamics_ros.conversions.states import end_effector_message, odometry_message
from hyperdynamics_ros.node import LATCHED

STEP = 0.8


class Driver:
    """An arm that moves as it is told, within 0.6 s, and an object that lies still."""

    def __init__(self, listener, refuse=0, resets=True, tells=False, falls=0, hidden=0):
        """refuse: number of the command, from 1, that is refused. resets: offer the service. tells: what lies there.
        falls, hidden: number of the command, from 1, after which it lies on the floor, or is not seen until a reset."""
        self.listener, self.refuse, self.falls, self.hidden = listener, refuse, falls, hidden
        self.commands, self.episode = [], 0
        self.odometry = listener.publisher(Odometry, "object/odom")
        self.tips = listener.publisher(PoseStamped, "end_effector/pose")
        self.objects = listener.publisher(DetectedObjects, "objects")
        self.episodes = listener.publisher(UInt32, "episode", LATCHED)
        self.scenes = listener.publisher(String, "scene", LATCHED) if tells else None
        self.refusals = listener.publisher(String, "command_refused")
        listener.node.create_subscription(Vector3Stamped, "end_effector/displacement", self._on_command, 10)
        if resets:
            listener.node.create_service(Trigger, "reset", self._on_reset)
        listener.node.create_timer(0.04, self._tell)
        self._set_up()

    def _set_up(self):
        self.episode += 1
        self.fallen = self.unseen = False
        self.start, self.move, self.begun = np.array([0.08, 0.0, 0.012]), np.zeros(3), 0.0
        self.episodes.publish(UInt32(data=self.episode))
        if self.scenes is not None:
            system = {"object": "mug", "mass": 0.3, "friction": 0.2, "com_offset": [0.0, 0.0, 0.0]}
            self.scenes.publish(String(data=json.dumps({"episode": self.episode, "system": system})))

    def _on_reset(self, request, response):
        self._set_up()
        response.success = True
        return response

    def tip(self):
        return self.start + self.move * min(1.0, (time.time() - self.begun) / 0.6)

    def _on_command(self, message):
        if len(self.commands) + 1 == self.refuse:
            self.refuse = 0
            self.refusals.publish(String(data="not now"))
            return
        early = self.begun + STEP - time.time()
        self.commands.append((stamp_ns(message.header.stamp), from_xyz(message.vector), early))
        self.start, self.begun, self.move = self.tip(), time.time(), from_xyz(message.vector)
        self.fallen = self.fallen or len(self.commands) == self.falls
        self.unseen = self.unseen or self.fallen or len(self.commands) == self.hidden

    def _tell(self):
        stamp, state = time.time_ns(), np.zeros(16)
        state[2], state[6], state[13:16] = 0.03, 1.0, self.tip()
        if self.fallen:
            state[0], state[2] = 0.6, -0.27
        self.tips.publish(end_effector_message(state, stamp))
        self.odometry.publish(odometry_message(state, stamp))
        seen = Detection(np.array([0.0, 0.0, 0.03]), np.array([0.06, 0.04, 0.06]), state[:3], 0.9)
        self.objects.publish(objects_message([] if self.unseen else [seen], stamp))

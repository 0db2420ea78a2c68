"""A stand-in for perception where a test is about what comes after it: true boxes, made-up shape codes."""

from __future__ import annotations

import json

import numpy as np
from hyperdynamics.msg import DetectedObject, DetectedObjects
from nav_msgs.msg import Odometry
from std_msgs.msg import String

from hyperdynamics_ros.checks import stamp_ns
from hyperdynamics_ros.conversions.arrays import float_field, from_xyz, point, time_message, vector
from hyperdynamics_ros.node import LATCHED

N_YAWS, CODE_SIZE = 12, 8


class StandInEyes:
    """Answers every odometry with objects of the same stamp; ``mode`` is see, blind (nothing in view) or dead."""

    def __init__(self, listener, model: str) -> None:
        self.mode, self.model = "see", model
        self.scenes = listener.collect(String, "scene", LATCHED)
        self.publisher = listener.publisher(DetectedObjects, "objects")
        listener.node.create_subscription(Odometry, "object/odom", self.answer, 10)

    @property
    def scene(self) -> dict:
        return json.loads(self.scenes[-1].data)

    def answer(self, odometry: Odometry) -> None:
        if self.mode != "dead" and self.scenes:
            self.publisher.publish(self.message(odometry))

    def message(self, odometry: Odometry) -> DetectedObjects:
        message = DetectedObjects(code_size=CODE_SIZE, model=self.model)
        message.header.frame_id = "world"
        message.header.stamp = time_message(stamp_ns(odometry.header.stamp))
        message.yaws = float_field(np.arange(N_YAWS) * 2 * np.pi / N_YAWS)
        if self.mode == "see":
            mine = box(from_xyz(odometry.pose.pose.position))
            mine.shape_codes = float_field(np.zeros((N_YAWS, CODE_SIZE)))
            message.objects = [mine] + [box((item["x"], item["y"], 0.02)) for item in self.scene["obstacles"]]
        return message


def box(position) -> DetectedObject:
    item = DetectedObject(score=0.9, size=vector((0.1, 0.1, 0.04)))
    item.centre = item.position = point(position)
    return item

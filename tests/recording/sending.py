"""Publishes serialized messages and remembers every byte, to be compared with what was recorded."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from typing import Any

import numpy as np
from builtin_interfaces.msg import Time
from nav_msgs.msg import Odometry
from rclpy.duration import Duration
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.serialization import serialize_message
from sensor_msgs.msg import Image
from std_msgs.msg import String

RELIABLE = QoSProfile(depth=500, reliability=ReliabilityPolicy.RELIABLE)
BEST_EFFORT = QoSProfile(depth=500, reliability=ReliabilityPolicy.BEST_EFFORT)
LATCHED = QoSProfile(depth=5, reliability=ReliabilityPolicy.RELIABLE, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class Sender:
    """Publishers of one test's node."""

    def __init__(self, listener: Any, seed: int = 0) -> None:
        self.listener, self.number, self.noise = listener, seed, np.random.default_rng(seed)
        self.publishers: dict[str, Any] = {}
        self.sent: defaultdict[str, list[bytes]] = defaultdict(list)
        self.times: defaultdict[str, list[float]] = defaultdict(list)

    def open(self, kind: type, topic: str, qos: Any = RELIABLE, heard: bool = True) -> None:
        """A publisher; heard: wait until the recorder has subscribed."""
        self.publishers[topic] = self.listener.publisher(kind, topic, qos)
        if heard:
            self.wait_for(topic)

    def wait_for(self, *topics: str) -> None:
        for topic in topics:
            self.listener.until(self.publishers[topic].get_subscription_count, f"the recorder on {topic}")

    def send(self, topic: str, message: Any) -> None:
        data = serialize_message(message)
        self.sent[topic].append(data + bytes(-len(data) % 4))  # the wire carries whole words (RTPS 9.4.2)
        self.times[topic].append(time.monotonic())
        self.publishers[topic].publish(data)

    def text(self, topic: str) -> None:
        self.send(topic, String(data=f"{len(self.sent[topic])} {self.noise.integers(1 << 60)}"))

    def state(self, topic: str) -> None:
        message = Odometry(child_frame_id="object")
        message.header.frame_id, message.header.stamp = "world", stamp()
        message.pose.pose.position.x = float(self.noise.normal())
        self.send(topic, message)

    def image(self, topic: str, size: int = 128) -> None:
        message = Image(height=size, width=size, encoding="rgb8", step=3 * size)
        message.header.stamp = stamp()
        message.data = self.noise.bytes(3 * size * size)
        self.send(topic, message)

    def flush(self, *topics: str) -> None:
        """Wait until all was received."""
        for topic in topics or self.publishers:
            self.publishers[topic].wait_for_all_acked(Duration(seconds=10))

    def run(self, seconds: float, state: str, image: str, rate: float = 100.0) -> None:
        """States at a rate and images at a fifth of it, on these topics."""
        end, step = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            self.state(state)
            if step % 5 == 0:
                self.image(image, 32)
            step += 1
            time.sleep(1 / rate)


def stamp() -> Time:
    now = time.time_ns()
    return Time(sec=now // 10**9, nanosec=now % 10**9)


def moment(least: float, most: float) -> float:
    """A time at random, s: another one in every run, which is the point."""
    return random.SystemRandom().uniform(least, most)

"""What recording costs and whether anything is lost: RGB-D of 128 x 128 at 30 Hz with states at 200 Hz.

    python -m benchmarks record --seconds 30

Recorder and robot are processes of their own, as in use; the robot sends what is serialized already, so that it holds
its rates. Processor time is the recorder's alone, from its first message to the last.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.interleaved import Output
from benchmarks.machine import cpu_seconds

STATES = ("joint_states", "object/odom", "end_effector/pose")
CAMERA = ("camera/color/image_raw", "camera/depth/image_raw", "camera/color/camera_info", "camera/pose")
MATCHING, QUIET, PATIENCE = 3.5, 4.0, 60.0
"""Waits between discovery and the first message, behind the last one, and for the recorder at most, s. The middleware
may need its heartbeat, every 3 s, until both ends know of each other."""
ROBOT = "import sys; from benchmarks.record import robot; robot(*map(float, sys.argv[1:]))"


@dataclass(frozen=True)
class Options(Output):
    """What recording costs."""

    seconds: float = 30.0
    """Time that is recorded."""
    size: int = 128
    """Pixels of the images' edges."""
    camera_rate: float = 30.0
    """Frames a second."""
    state_rate: float = 200.0
    """States a second."""
    storages: tuple[str, ...] = ("mcap", "sqlite3")
    """Formats to record in, one after the other."""


def run(options: Options) -> dict[str, Any]:
    """Record once in each format. Returns a row of figures for each."""
    from hyperdynamics_ros.environment import prepare_environment

    prepare_environment()
    return {"title": "recording", "rows": {storage: _measure(storage, options) for storage in options.storages}}


def show(record: Mapping[str, Any]) -> None:
    """Print the rows."""
    for storage, row in record["rows"].items():
        print(
            f"{storage:<8}{row['sent']} messages sent, {row['lost']} lost; {row['cores']:.3f} of a core, "
            f"{row['megabytes_a_second']:.2f} MB/s, {row['megabytes']:.1f} MB, at load {row['load']:.1f}"
        )


def robot(seconds: float, size: float, camera_rate: float, state_rate: float) -> None:
    """Print a line, publish, print how many messages of each topic as JSON. In a process of its own."""
    import rclpy
    from rclpy.duration import Duration
    from rclpy.node import Node

    rclpy.init()
    node = Node("robot")
    publishers: dict[str, Any] = {name: node.create_publisher(kind, name, 10) for name, kind in _kinds().items()}
    messages, counts = _messages(int(size)), dict.fromkeys(publishers, 0)
    until = time.monotonic() + PATIENCE
    while not all(one.get_subscription_count() for one in publishers.values()) and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(MATCHING)
    print("publishing", flush=True)
    began = time.monotonic()
    while (now := time.monotonic() - began) < seconds:
        for names, rate in ((STATES, state_rate), (CAMERA, camera_rate)):
            while counts[names[0]] <= now * rate:
                for name in names:
                    publishers[name].publish(messages[name])
                    counts[name] += 1
        time.sleep(0.5 / max(camera_rate, state_rate))
    print(json.dumps({f"/{name}": count for name, count in counts.items()}), flush=True)
    for publisher in publishers.values():
        publisher.wait_for_all_acked(Duration(seconds=10))
    time.sleep(QUIET)
    rclpy.shutdown()


def _kinds() -> dict[str, type]:
    from geometry_msgs.msg import PoseStamped
    from nav_msgs.msg import Odometry
    from sensor_msgs.msg import CameraInfo, Image, JointState

    states = dict(zip(STATES, (JointState, Odometry, PoseStamped), strict=True))
    return states | dict(zip(CAMERA, (Image, Image, CameraInfo, PoseStamped), strict=True))


def _messages(size: int) -> dict[str, bytes]:
    """One serialized message of each topic."""
    from rclpy.serialization import serialize_message

    made = {name: kind() for name, kind in _kinds().items()}
    joints = made["joint_states"]
    joints.name, joints.position = [f"joint_{index}" for index in range(7)], [0.1] * 7
    joints.velocity, joints.effort = [0.2] * 7, [0.3] * 7
    for name, encoding, width in ((CAMERA[0], "rgb8", 3), (CAMERA[1], "32FC1", 4)):
        image = made[name]
        image.height, image.width, image.encoding, image.step = size, size, encoding, width * size
        image.data = os.urandom(width * size * size)
    return {name: serialize_message(message) for name, message in made.items()}


def _measure(storage: str, options: Options) -> dict[str, Any]:
    from hyperdynamics_ros.recording.bag_info import bag_info
    from hyperdynamics_ros.recording.validate import validate

    with tempfile.TemporaryDirectory() as folder:
        bag = Path(folder) / "bag"
        recorder = subprocess.Popen(_recorder(bag, storage))
        arguments = (options.seconds, options.size, options.camera_rate, options.state_rate)
        command = [sys.executable, "-c", ROBOT, *map(str, arguments)]
        sender = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert sender.stdout is not None
        sender.stdout.readline()
        used, began = cpu_seconds(recorder.pid), time.monotonic()
        sent = json.loads(sender.stdout.readline())
        cores = (cpu_seconds(recorder.pid) - used) / (time.monotonic() - began)
        sender.wait()
        recorder.send_signal(signal.SIGTERM)
        recorder.wait()
        problems = validate(bag).problems
        if problems:
            raise ValueError(f"the bag is not whole: {'; '.join(problems)}")
        info = bag_info(bag)
        recorded = {topic.name: topic.messages for topic in info.topics}
        lost = sum(count - recorded.get(name, 0) for name, count in sent.items())
        rate = info.size / options.seconds / 1e6
        figures = {"sent": sum(sent.values()), "lost": lost, "cores": cores, "megabytes_a_second": rate}
        return {**figures, "megabytes": info.size / 1e6, "load": os.getloadavg()[0]}


def _recorder(bag: Path, storage: str) -> list[str]:
    topics = ", ".join((*STATES, *CAMERA))
    values = {"bag": bag, "storage": storage, "topics": f"[{topics}]"}
    pairs = [part for name, value in values.items() for part in ("-p", f"{name}:={value}")]
    return [sys.executable, "-m", "hyperdynamics_ros.nodes.recorder", "--ros-args", *pairs]

"""Pushes of the simulator as a bridge tells them, in bags written without a graph."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
from rclpy.serialization import serialize_message
from std_msgs.msg import String, UInt32

from hyperdynamics_ros.conversions import images
from hyperdynamics_ros.conversions.states import displacement_message, end_effector_message, odometry_message
from hyperdynamics_ros.recording.bag_writer import BagWriter, WriterSettings
from hyperdynamics_ros.recording.storage import Message
from sim_bridges.pushing.cameras import paper_camera
from sim_bridges.pushing.objects import load_object
from sim_bridges.pushing.physics import GANTRY
from sim_bridges.pushing.rendering import Body, Renderer
from sim_bridges.pushing.rollout import Trajectory, run_trajectory
from sim_bridges.pushing.variation import SystemSpec
from sim_bridges.pushing.world import PushWorld
from tests.recording.writing import topic

START, STEP, GAP = 50_000_000_000, 800_000_000, 10_000_000_000
WALL = 1_700_000_000_000_000_000
TOPICS = {
    "/object/odom": "nav_msgs/msg/Odometry",
    "/end_effector/pose": "geometry_msgs/msg/PoseStamped",
    "/end_effector/displacement": "geometry_msgs/msg/Vector3Stamped",
    "/episode": "std_msgs/msg/UInt32",
    "/scene": "std_msgs/msg/String",
    "/command_refused": "std_msgs/msg/String",
    "/camera/color/image_raw": "sensor_msgs/msg/Image",
    "/camera/depth/image_raw": "sensor_msgs/msg/Image",
    "/camera/color/camera_info": "sensor_msgs/msg/CameraInfo",
    "/camera/pose": "geometry_msgs/msg/PoseStamped",
}
SYSTEMS = (SystemSpec("mit/rect1", 500.0, 1e-3, (0.001, 0.0, 0.0)), SystemSpec("mug/01", 800.0, 9e-4))
Telling = tuple[str, object]
"""Topic and message, or its bytes."""


def pushed(count: int = 1, steps: int = 5, system: SystemSpec = SYSTEMS[0], seed: int = 0) -> list[Trajectory]:
    """Trajectories of one system."""
    world, rng, made = PushWorld(GANTRY), np.random.default_rng(seed), list[Trajectory]()
    try:
        while len(made) < count:
            outcome = run_trajectory(world, rng, system, steps, 0.1)
            made += [outcome] if isinstance(outcome, Trajectory) else []
    finally:
        world.close()
    return made


def state(values: np.ndarray, stamp: int) -> list[Telling]:
    return [
        ("/end_effector/pose", end_effector_message(values, stamp)),
        ("/object/odom", odometry_message(values, stamp)),
    ]


def frame(values: np.ndarray, stamp: int, name: str, renderer: Renderer, view: int = 0) -> list[Telling]:
    item = load_object(name)
    seen = renderer.render([Body(item, values[:3], values[3:7], item.colour)], values[13:16], paper_camera(view)).frame
    return [
        ("/camera/color/camera_info", images.camera_info_message(seen.camera, stamp)),
        ("/camera/pose", images.camera_pose_message(seen.camera, stamp)),
        ("/camera/color/image_raw", images.color_message(seen.rgb, stamp)),
        ("/camera/depth/image_raw", images.depth_message(seen.depth, stamp)),
    ]


def command(xyz: np.ndarray | tuple[float, float, float], stamp: int) -> Telling:
    return ("/end_effector/displacement", displacement_message(xyz, stamp))


def episode(number: int, system: SystemSpec | None) -> list[Telling]:
    told: list[Telling] = [("/episode", UInt32(data=number))]
    if system is not None:
        told.append(("/scene", String(data=json.dumps({"episode": number, "system": asdict(system)}))))
    return told


def told(
    trajectories: list[Trajectory], system: SystemSpec | None = SYSTEMS[0], start: int = START, first: int = 1,
    gap: int = GAP, camera: str = "",
) -> list[Telling]:  # fmt: skip
    """What a bridge in lockstep says, an episode a trajectory; camera: the name of the object that it sees."""
    made, stamp, renderer = list[Telling](), start, Renderer() if camera else None
    for number, trajectory in enumerate(trajectories, first):
        made += episode(number, system)
        for index, values in enumerate(trajectory.states):
            made += state(values, stamp)
            if renderer is not None:
                made += frame(values, stamp, camera, renderer)
            if index < len(trajectory.actions):
                made.append(command(trajectory.actions[index], stamp))
                stamp += STEP
        stamp += gap
    return made


def written(bag: Path, tellings: list[Telling], storage: str = "mcap", order: list[int] | None = None) -> Path:
    """A bag of it, a millisecond between two messages; order: in which they reached the recorder."""
    writer = BagWriter(bag, WriterSettings(storage=storage, min_free_space=0))
    for name, kind in TOPICS.items():
        writer.add_topic(topic(name, kind))
    for place, number in enumerate(range(len(tellings)) if order is None else order):
        name, message = tellings[number]
        data = message if isinstance(message, bytes) else serialize_message(message)
        writer.write(Message(name, WALL + place * 1_000_000, WALL + number * 1_000_000, 0, data))
    writer.close()
    return bag

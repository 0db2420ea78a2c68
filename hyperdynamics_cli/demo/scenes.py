"""The bridge's words about an episode as scenes of the simulator and of the pictures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_cli.demo.recording import Recording
from hyperdynamics_cli.drawing.outlines import outline_of
from hyperdynamics_cli.drawing.records import Outline, Pose, SceneRecord
from sim_bridges.pushing.scene import Obstacle, SceneSpec
from sim_bridges.pushing.variation import SystemSpec


def parse_episode(text: str) -> dict[str, Any]:
    """The bridge's JSON.

    Raises:
        ValueError: not an episode's words.
    """
    words = json.loads(text)
    missing = {"system", "x", "y", "yaw", "end_effector", "goal"} - set(words)
    if missing:
        raise ValueError(f"the bridge's words about the episode lack {', '.join(sorted(missing))}")
    return dict(words)


def scene_spec(words: Mapping[str, Any]) -> SceneSpec:
    """The scene to reset a simulator to."""
    system = {**words["system"], "com_offset": tuple(words["system"]["com_offset"])}
    return SceneSpec(
        SystemSpec(**system),
        words["x"],
        words["y"],
        words["yaw"],
        (words["end_effector"][0], words["end_effector"][1]),
        tuple(Obstacle(**obstacle) for obstacle in words["obstacles"]),
    )


def scene_record(recording: Recording, tolerance: float) -> SceneRecord:
    """The recorded goal's scene as pictures show it; of a real robot's only what the states tell."""
    words = recording.scene
    if not words:
        start = pose_of(recording.states[min(recording.states)]) if recording.states else Pose(0.0, 0.0, 0.0)
        return SceneRecord(recording.number, Outline("object", ()), start, recording.goal, (), tolerance)
    obstacles = ((outline_of(item["object"]), Pose(item["x"], item["y"], item["yaw"])) for item in words["obstacles"])
    return SceneRecord(
        recording.number,
        outline_of(words["system"]["object"]),
        Pose(words["x"], words["y"], words["yaw"]),
        recording.goal,
        tuple(obstacles),
        tolerance,
        int(words.get("camera", -1)),
    )


def pose_of(state: NDArray[np.float64]) -> Pose:
    """Place and heading of the object in a push state [16]."""
    x, y, z, w = state[3:7]
    yaw = np.arctan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))
    return Pose(float(state[0]), float(state[1]), float(yaw))

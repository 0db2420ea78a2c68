"""Goals recorded from the real simulator without the graph."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np

from hyperdynamics_cli.demo.recording import Feedback, Recording
from hyperdynamics_cli.demo.scenes import parse_episode
from hyperdynamics_cli.drawing.records import Overlay, PushRecord
from sim_bridges.pushing.scene import sample_goal, sample_obstacle_scene, sample_scene
from sim_bridges.pushing.world import PushWorld

STEP = 800_000_000


def recorded(steps: int = 4, obstacles: bool = False, name: str = "mug/04", seed: int = 0) -> Recording:
    """A few pushes at the object, with what a controller would have said."""
    rng = np.random.default_rng(seed)
    if obstacles:
        scene, goal = sample_obstacle_scene(rng, [name])
    else:
        scene = sample_scene(rng, [name])
        goal = sample_goal(rng, scene)
    text = json.dumps({"episode": 1, **asdict(scene), "goal": list(goal), "camera": 4})
    recording = Recording(1, parse_episode(text), goal)
    world = PushWorld()
    state = world.reset(scene)
    for number in range(steps):
        stamp = number * STEP
        recording.states[stamp] = state
        towards = state[:2] - state[13:15]
        command = np.array([*(0.05 * towards / np.linalg.norm(towards)), 0.0])
        recording.commands[stamp] = command
        line = np.array([state[:2], state[:2] + command[:2]])
        recording.overlays[stamp] = Overlay((line,), line, line)
        push = PushRecord(number + 1, "pushing", float(np.linalg.norm(state[:2] - goal)), 0.05, 0.04, 12.0)
        recording.feedback[stamp] = Feedback("pushing", push, push.distance)
        state = world.step(command).state
    recording.states[steps * STEP] = state
    world.close()
    return recording

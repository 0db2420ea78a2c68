"""Walks recorded from the real simulator without the graph."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from hyperdynamics_cli.demo.walk_recording import WalkRecording, WalkWord
from sim_bridges.locomotion.tasks import draw_episode, task_named
from sim_bridges.locomotion.world import LeggedWorld
from tests.ros.legged_models import legged_folder

START = 10_000_000_000
SMALL = ["--planning.candidates", "10", "--planning.horizon", "4"]
"""A plan of less than a millisecond."""


def tiny_model(folder: Path, robot: str) -> Path:
    """An untrained checkpoint, written by what writes trained ones."""
    return legged_folder(folder, robot)


def recorded_walk(task: str, steps: int, value: float | None = None) -> WalkRecording:
    """Random torques, with what the nodes would have said."""
    rng = np.random.default_rng(0)
    world = LeggedWorld(task_named(task))
    spec = draw_episode(world.task, "novel", np.random.default_rng([0, 0]), value)
    recording = WalkRecording(world.task.robot, json.dumps({"episode": 1, **json.loads(spec.as_json())}))
    recording.states[START] = world.reset(spec)
    total = 0.0
    for step in range(steps):
        action = rng.uniform(-1.0, 1.0, len(world.system.joint_names))
        outcome = world.step(action)
        total += outcome.reward
        stamp = START + (step + 1) * recording.step_ns
        recording.states[stamp], recording.actions[stamp] = outcome.state, action
        if step >= 16:
            recording.codes[stamp] = rng.normal(size=2)
        way = float(outcome.state[0] - recording.states[START][0])
        recording.words.append(WalkWord((step + 1) * world.system.dt, way, 0.1, total, 50.0, 5.0 + step % 3))
    recording.statistics = {"rate": 50.0, "planning_ms_p50": 5.0, "planning_ms_p95": 7.0, "planning_ms_p99": 7.0,
                            "missed_deadlines": 1.0, "candidates": 20.0}  # fmt: skip
    recording.result = SimpleNamespace(success=True, code=0, message="walked", distance=way, total_return=total,
                                       duration=steps * world.system.dt, steps=steps)  # fmt: skip
    return recording

"""What must not be mixed: every setting of a task that changes how the same actions end."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import mujoco

from sim_bridges.locomotion.catalogue import Task
from sim_bridges.locomotion.robots import FRICTION, MASSES
from sim_bridges.locomotion.terrain import FLOATS


def physics_of(task: Task) -> dict[str, Any]:
    """Settings of a task's physics, as data sets and model cards carry them (JSON-able)."""
    settings: dict[str, Any] = {
        "simulator": "mujoco " + ".".join(mujoco.__version__.split(".")[:2]),
        "task": task.name,
        "time_step": task.system.dt,
        "robot_mass": MASSES[task.robot],
        "friction": FRICTION[task.robot],
        "segment_length": task.segment_length,
    }
    return {**settings, "float": asdict(FLOATS[task.robot])} if task.terrain == "pier" else settings

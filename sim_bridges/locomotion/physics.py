"""What must not be mixed: every setting of a task that changes how the same actions end."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from sim_bridges.locomotion.catalogue import Task
from sim_bridges.locomotion.robots import FRICTION, MASSES
from sim_bridges.locomotion.terrain import ground_settings


def physics_of(task: Task) -> dict[str, Any]:
    """Settings of a task's physics, as data sets and model cards carry them (JSON-able)."""
    return {
        "simulator": _release("mujoco"),
        "robot_files": _release("gymnasium"),
        "task": task.name,
        "time_step": task.system.dt,
        "robot_mass": MASSES[task.robot],
        "max_torques": list(task.system.max_torques),
        "friction": FRICTION[task.robot],
        "segment_length": task.segment_length,
        **ground_settings(task),
    }


def _release(package: str) -> str:
    """Name and version, without the last part, which only mends."""
    return f"{package} {'.'.join(version(package).split('.')[:2])}"

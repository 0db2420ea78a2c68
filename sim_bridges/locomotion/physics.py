"""What must not be mixed: every setting of a task that changes how the same actions end."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hyperdynamics_core.data.parting import differing
from hyperdynamics_core.whole_files import write_json
from sim_bridges.locomotion.catalogue import Task
from sim_bridges.locomotion.robots import FRICTION, MASSES
from sim_bridges.locomotion.terrain import ground_settings

NOTE = "physics.json"
"""Of a run's folder: what its episodes were walked with."""


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


def note_physics(run: Path, task: Task) -> None:
    """Write down in a run's folder what its episodes are walked with, or see that it still is what was written there.

    Raises:
        ValueError: it is not: another task's run, the simulator or the worlds have changed since the run was begun, or
            the note is damaged.
    """
    noted, now = noted_physics(run, task), _written(task)
    if noted.get("task") != task.name:
        raise ValueError(f"{run} is a run of {noted.get('task')}, not of {task.name}; give another --out")
    if different := differing(noted, now):
        raise ValueError(
            f"{run} was walked with other physics than are installed now (they differ in {different}), and "
            "one run must not mix them; install what it was begun with, or give another --out"
        )
    write_json(run / NOTE, now)


def noted_physics(run: Path, task: Task) -> dict[str, Any]:
    """What a run's episodes were walked with; where nothing is noted, as by older versions, the physics of today.

    Raises:
        ValueError: the note is damaged.
    """
    path = run / NOTE
    if not path.exists():
        return _written(task)
    try:
        return dict(json.loads(path.read_text()))
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path} is damaged ({error}); it says what the run's episodes were walked with") from error


def _written(task: Task) -> dict[str, Any]:
    return dict(json.loads(json.dumps(physics_of(task))))


def _release(package: str) -> str:
    """Name and version, without the last part, which only mends."""
    return f"{package} {'.'.join(version(package).split('.')[:2])}"

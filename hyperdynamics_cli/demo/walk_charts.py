"""The charts of a walk: speed, code over the terrain's true value, planning time; and the words about its ground."""

from __future__ import annotations

import numpy as np

from hyperdynamics_cli.demo.walk_recording import WalkRecording
from hyperdynamics_cli.demo.walk_replay import WalkTrack, spec_of
from hyperdynamics_cli.drawing import palette
from hyperdynamics_cli.drawing.chart import Chart, Series
from hyperdynamics_cli.drawing.palette import Colour
from hyperdynamics_core.control.history import WINDOW
from sim_bridges.locomotion.tasks import EpisodeSpec, task_named

COLOURS: tuple[Colour, ...] = (
    palette.CHOSEN, palette.REAL, palette.GOAL, palette.PREDICTED, (20, 150, 170), palette.FAILED, palette.OBSTACLE,
    (200, 150, 20),
)  # fmt: skip
NAMES = {
    "slope_grade": "grade",
    "damping_ratio": "damping ratio",
    "friction_factor": "friction factor",
    "motor_strength": "motor strength",
}
"""Of hidden values, for people."""
KNOWN = {
    "seen": "values as in training",
    "novel": "values never seen in training",
    "between": "values between those of training and those held out",
}


def charts(recording: WalkRecording, track: WalkTrack) -> list[Chart]:
    """Speed, code, truth, planning."""
    end = max(float(track.times[-1]), recording.system.dt)
    speed = Series(track.times[1:], track.speed[1:], palette.REAL)
    least = 4.0 if spec_of(recording).task.endswith("cripple") else 0.1  # the number of a joint has no fractions
    deadline = 1e3 * recording.system.dt
    words = [word for word in recording.words if np.isfinite(word.planning_ms)]
    times, planning = np.array([word.time for word in words]), np.array([word.planning_ms for word in words])
    return [
        Chart("speed", [speed], end, "m/s, mean of half a second", least=0.2),
        Chart("code z", _codes(recording), end, f"from the last {WINDOW} steps", least=0.02),
        Chart("truth", truth(recording, track), end, "not told to the robot", least=least),
        Chart("planning", [Series(times, planning, palette.CHOSEN, width=2.2, dots=True)], end,
              "ms of wall time, a few of the plans", from_zero=True,
              level=deadline, level_label=f"deadline {deadline:g} ms"),
    ]  # fmt: skip


def truth(recording: WalkRecording, track: WalkTrack) -> list[Series]:
    """The hidden values along the walk; of a crippled robot the number of its joint."""
    task = task_named(spec_of(recording).task)
    if task.terrain == "cripple":
        dead = np.where(track.hidden.any(1), track.hidden.argmax(1), -1).astype(np.float64)
        return [Series(track.times, dead, palette.INK, "crippled joint", 2.5)]
    names = ["slope_grade"] if task.terrain == "slope" else [each.name for each in task.properties]
    colours = (palette.INK, palette.EDGE)
    return [
        Series(track.times, track.hidden[:, index], colours[index], NAMES[name], 2.5)
        for index, name in enumerate(names)
    ]


def _codes(recording: WalkRecording) -> list[Series]:
    stamps = sorted(stamp for stamp in recording.codes if recording.start <= stamp <= recording.stamp(recording.steps))
    if not stamps:
        return []
    times = np.array([recording.time(stamp) for stamp in stamps])
    table = np.stack([recording.codes[stamp] for stamp in stamps])
    many = table.shape[1] > len(COLOURS)
    return [
        Series(times, table[:, index], COLOURS[index % len(COLOURS)], "" if many else f"z{index + 1}", 1.6)
        for index in range(table.shape[1])
    ]


def ground_words(spec: EpisodeSpec) -> str:
    """The episode's ground in words, for people."""
    task = task_named(spec.task)
    values = [row[0] for row in spec.values]
    if task.terrain == "cripple":
        joint = int(values[0])
        return "no joint is crippled" if joint < 0 else f"joint {task.system.joint_names[joint]} is crippled"
    if task.terrain == "motor":
        return f"motors of {values[0]:.2f} times the usual strength"
    shown = ", ".join(f"{value:.2f}" for value in values[: 1 if len(set(values)) == 1 else 3])
    more = ", ..." if len(set(values)) > 1 and len(values) > 3 else ""
    if task.terrain == "pier":
        return f"floating blocks, damping ratio {shown}{more}"
    return f"slopes of {task.segment_length:g} m that rise by {shown}{more} m"


def known_words(spec: EpisodeSpec) -> str:
    """Whether training has such values, in words. A value on request may lie anywhere, whatever the split is called."""
    first = task_named(spec.task).properties[0]
    kinds = {first.known(row[0]) for row in spec.values}
    return KNOWN[kinds.pop() if len(kinds) == 1 else "between"]

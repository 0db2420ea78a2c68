"""The run's picture, with the last camera's view rendered large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hyperdynamics_cli.demo.film import final_picture
from hyperdynamics_cli.demo.recording import Recording
from hyperdynamics_cli.drawing.records import GoalRecord
from hyperdynamics_cli.drawing.summary import MOST_GOALS, PANEL, draw_summary
from sim_bridges.pushing.objects import object_names


def save_summary(path: Path, records: Sequence[GoalRecord], recordings: Sequence[Recording], asked: int) -> None:
    """Draw and write the picture of a run; asked: for how many goals."""
    records = list(records)
    last = min(len(records), MOST_GOALS) - 1
    recording = recordings[last]
    if recording.scene and recording.states:
        picture = final_picture(recording, recording.states[max(recording.states)], PANEL)
        records[last] = replace(records[last], image=picture)
    temporary = path.with_name(f"{path.stem}.part{path.suffix}")
    draw_summary(records, title(records, asked)).save(temporary)
    temporary.replace(path)


def title(records: Sequence[GoalRecord], asked: int) -> str:
    """What the run was."""
    seen = set(object_names("seen"))
    unknown = all(record.scene.object.name not in seen for record in records)
    sent = "" if len(records) == asked else f"{len(records)} of "
    goals = f"{sent}{asked} goals" if asked > 1 else "a goal"
    return f"HyperDynamics: {'objects it has never seen, ' if unknown else ''}pushed to {goals}"

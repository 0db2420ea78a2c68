"""The output folder of a demo: what lies in it is of the newest run."""

from __future__ import annotations

from pathlib import Path

RESULTS = ("summary.json", "summary.png", "demo.mp4")
"""What a run leaves, some of it only where it gets that far."""
PREVIOUS = "previous"
"""Folder in it for the results of the run before."""


def prepare_results(out: Path) -> None:
    """Make the folder; results of an earlier run in it go to its folder ``previous``, in place of those there."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "demo.part.mp4").unlink(missing_ok=True)
    earlier = [out / name for name in RESULTS if (out / name).exists()]
    if not earlier:
        return
    previous = out / PREVIOUS
    previous.mkdir(exist_ok=True)
    for name in RESULTS:
        (previous / name).unlink(missing_ok=True)
    for file in earlier:
        file.replace(previous / file.name)
    print(f"the results of an earlier run are in {previous} now")

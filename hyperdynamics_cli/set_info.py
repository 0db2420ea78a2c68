"""``hyperdynamics dataset info`` of a set to learn from: how much of what, and where from."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from hyperdynamics_cli.results import write_json
from hyperdynamics_cli.set_kinds import holds_pushes
from hyperdynamics_core.data.episodes import EpisodeSet
from hyperdynamics_core.data.trajectories import load_dataset


def set_info(folder: Path, json: Path | None) -> int:
    """Print what a set holds, and write it to a file where one is given.

    Raises:
        ValueError: it cannot be read.
    """
    found = _pushes(folder) if holds_pushes(folder) else _episodes(folder)
    print(f"{folder}: " + ", ".join(f"{value} {name}" for name, value in found.items() if isinstance(value, int)))
    for name, value in found.items():
        if not isinstance(value, int) or isinstance(value, bool):
            print(f"  {name}: {value}")
    write_json(json, {"set": folder, **found})
    return 0


def _pushes(folder: Path) -> dict[str, Any]:
    found = load_dataset(folder, partial=True)
    systems = Counter(found.data.system_index.tolist())
    return {
        "trajectories": len(found),
        "pushes": int(found.actions.shape[0] * found.actions.shape[1]),
        "objects": len(found.object_names),
        "systems": len(systems),
        "systems of one trajectory": sum(count == 1 for count in systems.values()),
        "source": found.meta.get("source", "simulation"),
        "mass and friction": "known" if found.hidden_known else "not known",
        "physics": found.physics_fingerprint,
        "fingerprint": found.fingerprint,
    }


def _episodes(folder: Path) -> dict[str, Any]:
    found = EpisodeSet.open(folder)
    return {
        "episodes": len(found),
        "steps": sum(len(each) for each in found.episodes),
        "system": found.system,
        "hidden values": ", ".join(found.hidden_names) or "not known",
        "physics": dict(found.physics),
        "fingerprint": found.fingerprint,
    }

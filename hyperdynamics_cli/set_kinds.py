"""What a folder holds: push trajectories, episodes of legs, or a bag."""

from __future__ import annotations

import json
from pathlib import Path

from hyperdynamics_core.data.push_folder import HEADER
from hyperdynamics_core.data.shards import FORMAT


def is_set(folder: Path) -> bool:
    """Whether it is a set to learn from, and no bag."""
    return (folder / HEADER).is_file()


def holds_pushes(folder: Path) -> bool:
    """Whether it is a set of push trajectories; what is none of any kind is refused by who reads it."""
    try:
        header = json.loads((folder / HEADER).read_text())
    except (OSError, ValueError):
        return False
    return isinstance(header, dict) and header.get("format") == FORMAT

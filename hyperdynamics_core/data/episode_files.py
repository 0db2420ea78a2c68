"""The files of a set of episodes: ``dataset.json`` and ``episode-000000.npz``, ``episode-000001.npz``, ..."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hyperdynamics_core.data.array_folder import DataFolderError
from hyperdynamics_core.data.episode import Episode
from hyperdynamics_core.data.unreadable import UNREADABLE
from hyperdynamics_core.systems.system import System

FORMAT, FORMAT_VERSION = "hyperdynamics-episodes", 1
HEADER = "dataset.json"
_NOTHING = "nothing"
"""Stands for a setting that is not there."""


def read_header(folder: Path) -> dict[str, Any]:
    """``dataset.json`` of a folder. Raises DataFolderError where it is missing, damaged or of another format."""
    path = folder / HEADER
    if not path.is_file():
        raise DataFolderError(f"{folder} is no set of episodes, it has no {HEADER}; give a folder of collected ones")
    try:
        header = json.loads(path.read_text())
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise DataFolderError(f"{path} is not JSON ({error}); restore it or collect again") from error
    if not isinstance(header, dict) or (header.get("format"), header.get("version")) != (FORMAT, FORMAT_VERSION):
        raise DataFolderError(f"{path} does not describe episodes of format version {FORMAT_VERSION}")
    return header


def make_header(
    system: System, physics: Mapping[str, Any], hidden_names: Sequence[str], meta: Mapping[str, Any]
) -> dict[str, Any]:
    """Content of ``dataset.json``, the fingerprint of system and physics in it."""
    plain: dict[str, Any] = json.loads(json.dumps({"physics": dict(physics), "meta": dict(meta)}))
    settings = json.dumps([system.name, plain["physics"]], sort_keys=True)
    return {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "system": system.name,
        "hidden_names": list(hidden_names),
        "physics_fingerprint": hashlib.sha256(settings.encode()).hexdigest()[:16],
        **plain,
    }


def check_same_collection(folder: Path, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Raise DataFolderError where a folder's header is not the one that is wanted."""
    there, now = _flat(found), _flat(wanted)
    different = [key for key in {**now, **there} if there.get(key, _NOTHING) != now.get(key, _NOTHING)]
    # It follows from the system and the physics, which say more.
    different = [key for key in different if key != "physics_fingerprint"] or different
    if different:
        what = ", ".join(f"{key} {_said(there, key)} there, {_said(now, key)} now" for key in different)
        raise DataFolderError(f"{folder} was begun as another collection ({what}); choose another folder")


def _flat(settings: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Settings within settings by dotted names."""
    flat: dict[str, Any] = {}
    for key, value in settings.items():
        flat |= _flat(value, f"{above}{key}.") if isinstance(value, Mapping) else {f"{above}{key}": value}
    return flat


def _said(settings: Mapping[str, Any], key: str) -> str:
    return repr(settings[key]) if key in settings else _NOTHING


def episode_path(folder: Path, index: int) -> Path:
    """File of one episode."""
    return folder / f"episode-{index:06d}.npz"


def episode_files(folder: Path) -> list[Path]:
    """Paths of episodes 0, 1, ... Raises DataFolderError where one in between is missing."""
    paths = sorted(folder.glob("episode-*.npz"))
    for index, path in enumerate(paths):
        if path != episode_path(folder, index):
            raise DataFolderError(f"{episode_path(folder, index)} is missing; restore it, or collect again")
    return paths


def read_episode(path: Path) -> Episode:
    """Read one file. Raises DataFolderError where it is cut short or no episode."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in ("states", "actions", "rewards", "hidden")}
            return Episode(**arrays, spec=str(stored["spec"]))
    except UNREADABLE as error:
        raise DataFolderError(
            f"{path} cannot be read ({error}): cut short or not an episode; delete it and all later ones, then collect "
            "again to make them anew"
        ) from error

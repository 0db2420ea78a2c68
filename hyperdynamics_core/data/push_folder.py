"""What a folder of push trajectories says about itself, and whether its shards are of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hyperdynamics_core.data.shards import FORMAT, FORMAT_VERSION, Shard, read_shard
from hyperdynamics_core.whole_files import write_text

HEADER = "dataset.json"
_NEEDED: dict[str, type] = {
    "fingerprint": str,
    "objects": list,
    "physics": dict,
    "physics_fingerprint": str,
    "shards": int,
}
"""Entries of ``dataset.json`` that reading the folder takes."""


def write_header(folder: Path, header: Mapping[str, Any]) -> None:
    """Write ``dataset.json`` at once."""
    document = {"format": FORMAT, "version": FORMAT_VERSION, **header}
    write_text(folder / HEADER, json.dumps(document, indent=2, sort_keys=True))


def read_header(folder: Path) -> dict[str, Any]:
    """``dataset.json`` of a folder.

    Raises:
        ValueError: no such file, not ours, without an entry that it must have, or with physics that were edited.
    """
    path = folder / HEADER
    if not path.is_file():
        raise ValueError(f"{folder} is no data set: it has no {HEADER}; collect one with `hyperdynamics collect push`")
    try:
        header = json.loads(path.read_text())
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not JSON ({error}); restore it or collect again") from error
    if not isinstance(header, dict) or header.get("format") != FORMAT or header.get("version") != FORMAT_VERSION:
        raise ValueError(f"{path} does not describe push trajectories of format version {FORMAT_VERSION}")
    _check_header(path, header)
    return header


def _check_header(path: Path, header: Mapping[str, Any]) -> None:
    wrong = [name for name, kind in _NEEDED.items() if not isinstance(header.get(name), kind)]
    if wrong or header["shards"] < 1:
        names = ", ".join(wrong or ["shards"])
        raise ValueError(f"{path} lacks {names}, or has a wrong value there; restore it or collect again")
    found = physics_fingerprint(header["physics"])
    if found != header["physics_fingerprint"]:
        raise ValueError(
            f"{path} has physics settings with the fingerprint {found}, but says {header['physics_fingerprint']}; "
            "it was changed by hand: restore it or collect again"
        )


def physics_fingerprint(settings: Mapping[str, Any]) -> str:
    """16 hexadecimal digits that differ as soon as any of the physics settings does."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16]


def read_member(path: Path, header: Mapping[str, Any]) -> Shard:
    """One shard of the folder with that header.

    Raises:
        ValueError: damaged, of another collection or physics, or with objects that the header does not name.
    """
    shard, meta = read_shard(path)
    if meta.get("fingerprint") != header["fingerprint"]:
        raise ValueError(
            f"{path} belongs to collection {meta.get('fingerprint')}, its folder to {header['fingerprint']}: "
            "other physics or settings must not be mixed; keep it in a folder of its own"
        )
    if meta.get("physics_fingerprint") != header["physics_fingerprint"]:
        raise ValueError(
            f"{path} has physics {meta.get('physics_fingerprint')}, its folder {header['physics_fingerprint']}: "
            "they must not be mixed; delete the file and collect again"
        )
    known = len(header["objects"])
    if strange := sorted({int(index) for index in shard.object_index} - set(range(known))):
        raise ValueError(
            f"{path} has the object number {strange[0]}, which must be 0 to {known - 1}, for the {known} objects of "
            f"{HEADER}; delete the file and collect again"
        )
    return shard

"""Machine-readable results: one JSON object a file, written whole or not at all."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path

from hyperdynamics_cli.errors import UserError
from hyperdynamics_core.whole_files import write_text


def check_writable(path: Path | None) -> None:
    """Make sure before long work that its result can be written; None is always fine.

    Raises:
        UserError: the folder cannot be made or written to, or the path is a folder.
    """
    if path is None:
        return
    if path.is_dir():
        raise UserError(f"--json {path} is a folder; give a file name")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"folder {path.parent} for --json cannot be made: {error.strerror}") from error
    if not os.access(path.parent, os.W_OK):
        raise UserError(f"folder {path.parent} for --json cannot be written to")


def write_json(path: Path | None, values: Mapping[str, object]) -> None:
    """Write values to path, whole or not at all; None: nothing. NaN and infinity become null."""
    if path is not None:
        write_text(path, json.dumps(_plain(values), indent=2, allow_nan=False) + "\n")


def _plain(value: object) -> object:
    """Only what JSON knows: tuples become lists, NumPy numbers become numbers, paths become text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value

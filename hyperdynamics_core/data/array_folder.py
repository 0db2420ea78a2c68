"""Folders of .npy arrays plus meta.json: memory-mapped to read, resumable to write, whole or not there at all.

While it is being written a folder is called ``<name>.partial`` and remembers how many rows are done. Rows are made
from (seed, row) alone, so that a run that was killed continues to the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.data.unreadable import UNREADABLE
from hyperdynamics_core.whole_files import write_json

FORMAT = 1
META, PROGRESS = "meta.json", "progress.json"
Array = NDArray[Any]


class DataFolderError(ValueError):
    """A data folder that cannot be used, with the reason and the remedy."""


class ArrayFolderWriter:
    """Writes rows 0, 1, ... of several arrays; continues where an earlier writer of the same content stopped."""

    def __init__(
        self, folder: Path, arrays: Mapping[str, tuple[tuple[int, ...], str]], meta: Mapping[str, Any]
    ) -> None:
        """Start or continue.

        Args:
            folder: the final name; it must not exist.
            arrays: name -> (shape, dtype); all have the same first dimension.
            meta: what the content is: kind, seed, settings; a partial folder with another meta is refused.

        Raises:
            DataFolderError: the folder exists already, or a partial one holds something else.
        """
        self.folder = Path(folder)
        self.partial = self.folder.with_name(self.folder.name + ".partial")
        self.meta = json.loads(json.dumps({"format": FORMAT, **meta}))
        if self.folder.exists():
            raise DataFolderError(f"{self.folder} exists already; remove it, or choose another name")
        self.rows_done = self._progress()
        mode = "r+" if self.rows_done else "w+"
        self.arrays = {name: self._map(name, shape, dtype, mode) for name, (shape, dtype) in arrays.items()}

    def _map(self, name: str, shape: tuple[int, ...], dtype: str, mode: Any) -> Array:
        array: Array = np.lib.format.open_memmap(
            self.partial / f"{name}.npy", mode=mode, dtype=np.dtype(dtype), shape=shape
        )
        return array

    def _progress(self) -> int:
        self.partial.mkdir(parents=True, exist_ok=True)
        path = self.partial / PROGRESS
        if not path.exists():
            return 0
        record = json.loads(path.read_text())
        if record["meta"] != self.meta:
            raise DataFolderError(f"{self.partial} was begun with other settings; remove it, or choose another name")
        return int(record["rows"])

    def commit(self, rows: int) -> None:
        """Rows 0 to rows - 1 are complete: make that durable."""
        for array in self.arrays.values():
            array.flush()  # type: ignore[attr-defined]
        write_json(self.partial / PROGRESS, {"rows": rows, "meta": self.meta})
        self.rows_done = rows

    def finish(self, extra: Mapping[str, Any] | None = None) -> str:
        """Write meta.json with the content's fingerprint and give the folder its name. Returns the fingerprint."""
        for array in self.arrays.values():
            array.flush()  # type: ignore[attr-defined]
        shapes = {name: [list(array.shape), str(array.dtype)] for name, array in self.arrays.items()}
        fingerprint = _fingerprint(self.arrays)
        document = {**self.meta, **(extra or {}), "arrays": shapes, "fingerprint": fingerprint}
        self.arrays.clear()
        write_json(self.partial / META, document)
        (self.partial / PROGRESS).unlink(missing_ok=True)
        os.replace(self.partial, self.folder)
        return fingerprint


def read_array_folder(
    folder: Path, kind: str, needed: Sequence[str] = (), entries: Sequence[str] = ()
) -> tuple[dict[str, Any], dict[str, Array]]:
    """meta.json and the memory-mapped arrays of a finished folder.

    Args:
        folder: where it is.
        kind: what it must hold.
        needed: arrays without which it is of no use.
        entries: of meta.json, likewise.

    Raises:
        DataFolderError: missing, unfinished, of another kind, without something needed, or its files do not fit its
            meta.json.
    """
    folder = Path(folder)
    meta = _read_meta(folder, kind)
    _require(folder, f"entries of {META}", ("arrays", *entries), meta)
    _require(folder, "arrays", needed, meta["arrays"])
    arrays = {}
    for name, (shape, dtype) in meta["arrays"].items():
        try:
            arrays[name] = np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
        except UNREADABLE as error:
            raise DataFolderError(f"{folder}/{name}.npy cannot be read ({error}); make the folder again") from error
        if list(arrays[name].shape) != shape or str(arrays[name].dtype) != dtype:
            raise DataFolderError(
                f"{folder}/{name}.npy is {arrays[name].dtype} {arrays[name].shape}, {META} says {dtype} {shape}; "
                "make the folder again"
            )
    return meta, arrays


def _read_meta(folder: Path, kind: str) -> dict[str, Any]:
    path = folder / META
    if not path.is_file():
        hint = "its making was interrupted: run the same command again" if _partial(folder) else "make it first"
        raise DataFolderError(f"no {kind} data at {folder}: {META} is missing; {hint}")
    try:
        meta = json.loads(path.read_text())
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise DataFolderError(f"{path} is not JSON ({error}); make the folder again") from error
    if meta.get("format") != FORMAT or meta.get("kind") != kind:
        raise DataFolderError(
            f"{folder} holds {meta.get('kind')!r} data of format {meta.get('format')!r}, but {kind!r} of format "
            f"{FORMAT} is needed; give another folder"
        )
    return dict(meta)


def _require(folder: Path, what: str, needed: Sequence[str], present: Mapping[str, Any]) -> None:
    missing = [name for name in needed if name not in present]
    if missing:
        raise DataFolderError(f"{folder} lacks {what}: {', '.join(missing)}; make the folder again")


def _partial(folder: Path) -> bool:
    return folder.with_name(folder.name + ".partial").exists()


def _fingerprint(arrays: Mapping[str, Array]) -> str:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(name.encode())
        for row in arrays[name]:
            digest.update(np.ascontiguousarray(row).tobytes())
    return digest.hexdigest()[:16]

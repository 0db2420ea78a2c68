"""Processes that collect: one parent a folder, workers that never outlive it."""

from __future__ import annotations

import fcntl
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import parent_process
from multiprocessing.connection import wait
from pathlib import Path


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Make `folder` if needed and hold it for this process; the system lets go of it however the process ends.

    Raises:
        ValueError: another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ValueError(
                f"another collection is writing to {folder}; wait for it or choose another folder"
            ) from error
        yield


def prepare_worker() -> None:
    """Leave Ctrl-C to the parent, and end when the parent is gone, however it went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    """A worker's parent as the system sees it may be another process, which waits for the worker in turn."""
    wait([sentinel])
    os._exit(1)

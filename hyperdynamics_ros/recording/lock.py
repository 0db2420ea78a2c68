"""Who writes to a bag holds a lock on its folder, which ends with the process, however it ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hyperdynamics_ros.recording.errors import BagError


class BagLock:
    """Held from its making to ``release``."""

    def __init__(self, bag: Path) -> None:
        """Raises BagError where another process holds it; OSError where the folder cannot be read."""
        self._descriptor = os.open(bag, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.release()
            raise BagError(f"{bag} is being written to by another process; stop that recording first") from error

    def release(self) -> None:
        """Let others in."""
        os.close(self._descriptor)


@contextmanager
def locked(bag: Path) -> Iterator[None]:
    """Hold a bag's lock. Raises as ``BagLock`` does."""
    lock = BagLock(bag)
    try:
        yield
    finally:
        lock.release()


def is_locked(bag: Path) -> bool:
    """Whether a recording into this bag is under way."""
    try:
        BagLock(bag).release()
    except BagError:
        return True
    return False

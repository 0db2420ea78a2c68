"""A PyBullet client without the lines that PyBullet prints from C on import and on connecting."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def quiet_streams() -> Iterator[None]:
    """Send the process's standard output and error to nowhere, with what C code has buffered meanwhile."""
    library = ctypes.CDLL(None)
    sys.stdout.flush()
    sys.stderr.flush()
    library.fflush(None)
    kept = [os.dup(stream) for stream in (1, 2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    try:
        yield
    finally:
        library.fflush(None)
        for stream, old in zip((1, 2), kept, strict=True):
            os.dup2(old, stream)
        for descriptor in (*kept, nowhere):
            os.close(descriptor)


def connect(gui: bool) -> Any:
    """A new client of its own physics; with a window if `gui`."""
    with quiet_streams():
        import pybullet
        from pybullet_utils.bullet_client import BulletClient

        return BulletClient(pybullet.GUI if gui else pybullet.DIRECT)

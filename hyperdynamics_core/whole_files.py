"""Files that are there whole or not at all: written under a temporary name, then renamed."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A binary file that becomes ``path`` once the block ends: readers see what was there before, or all that is new.

    It is on the disk before it gets its name, so that a machine which loses power keeps one of the two. Where the block
    raises, what was there stays. A process that is killed leaves a file ``*.tmp`` behind, which nobody reads.
    """
    temporary = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_bytes(path: Path, content: bytes) -> None:
    """Write all of a file, see ``whole_file``."""
    with whole_file(path) as file:
        file.write(content)


def write_text(path: Path, content: str) -> None:
    """Likewise, as UTF-8."""
    write_bytes(path, content.encode())


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    """Likewise, a JSON object for people to read too."""
    write_text(path, json.dumps(document, indent=1) + "\n")

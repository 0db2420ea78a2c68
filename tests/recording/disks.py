"""Small disks, and disks that cannot be written to."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, size: int, read_only: bool = False) -> Iterator[Path]:
    """A file system in memory of so many bytes; the test is skipped where it cannot be mounted."""
    folder.mkdir(exist_ok=True)
    options = f"size={size}{',ro' if read_only else ''}"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("no right to mount a file system here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@contextmanager
def read_only_folder(folder: Path) -> Iterator[Path]:
    """A folder in which nothing can be made, whoever asks."""
    if os.geteuid() == 0:
        with small_disk(folder, 65536, read_only=True):
            yield folder
        return
    folder.mkdir(exist_ok=True)
    folder.chmod(0o555)
    try:
        yield folder
    finally:
        folder.chmod(0o755)


@contextmanager
def frozen(folder: Path) -> Iterator[None]:
    """A folder in which nothing can be made or removed any more, though open files can be written on; the test is
    skipped where there is no right to do so."""
    if os.geteuid() == 0:
        asked = subprocess.run(["chattr", "+i", folder], capture_output=True, check=False)
        if asked.returncode:
            pytest.skip("this file system knows no immutable folders")
    else:
        folder.chmod(0o555)
    try:
        yield
    finally:
        folder.chmod(0o755) if os.geteuid() else subprocess.run(["chattr", "-i", folder], check=True)

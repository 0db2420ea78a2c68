"""What can be wrong with a launch file, said with its file and line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Location:
    """Where something stands in a launch file."""

    file: Path
    """The launch file."""
    line: int
    """Line, from 1."""

    def __str__(self) -> str:
        """``push.launch.xml:12``, as compilers write it."""
        return f"{self.file}:{self.line}"


class LaunchError(ValueError):
    """A launch file, its arguments or its packages are wrong: the message says what, where and what to do."""

    def __init__(self, message: str, location: Location | None = None) -> None:
        """Put the place, where there is one, before the message."""
        super().__init__(f"{location}: {message}" if location is not None else message)

"""The files of a bag: which there are, what each holds, what is wrong with it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from hyperdynamics_ros.recording.errors import BagError
from hyperdynamics_ros.recording.mcap_reader import McapReader
from hyperdynamics_ros.recording.metadata import FILE_NAME, FileContents
from hyperdynamics_ros.recording.sqlite_reader import SqliteReader
from hyperdynamics_ros.recording.storage import SUFFIXES, Message
from hyperdynamics_ros.recording.topics import Topic

UNFINISHED = ".repairing"
"""Behind the name of a file that a repair has not finished writing."""


class FileReader(Protocol):
    """Reads what can be read of one file."""

    path: Path
    problems: list[str]
    """What is wrong, known once messages has come to its end."""
    lost: Counter[str]
    """Messages that are known to be lost, by topic; the same."""
    topics: dict[str, Topic]

    def messages(self) -> Iterator[Message]:
        """Every message that is whole, in the order of the file."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


@dataclass
class FileReport:
    """What one file holds and what is wrong with it."""

    contents: FileContents
    topics: dict[str, Topic]
    problems: list[str] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)


def bag_files(bag: Path) -> list[Path]:
    """The files of a bag in the order of recording.

    Raises:
        BagError: the path is no folder, or one without a bag's file.
    """
    check_folder(bag)
    files = [path for path in bag.iterdir() if path.suffix in SUFFIXES.values() and path.is_file()]
    if not files:
        raise BagError(f"{bag} holds no .mcap or .db3 file; give the folder of a bag")
    return sorted(files, key=_number)


def check_folder(bag: Path) -> None:
    """Raises BagError where there is no such folder."""
    if not bag.is_dir():
        raise BagError(f"{bag} is no folder; give the folder of a bag, which holds {FILE_NAME} and .mcap or .db3 files")


def storage_of(path: Path) -> str:
    """rosbag2's name for the format of a file."""
    return next(storage for storage, suffix in SUFFIXES.items() if suffix == path.suffix)


def open_reader(path: Path) -> FileReader:
    """A reader for a file. Raises OSError where it cannot be opened."""
    return McapReader(path) if storage_of(path) == "mcap" else SqliteReader(path)


def read_file(path: Path, tally: Tally) -> FileReport:
    """Read a file from front to back, counting into tally as well."""
    reader, contents = open_reader(path), FileContents(path.name)
    try:
        for message in reader.messages():
            contents.count(message.topic, message.received)
            tally.add(message)
    finally:
        reader.close()
    return FileReport(contents, reader.topics, reader.problems, reader.lost)


class Tally:
    """What is to be noticed over all files: gaps in the publishers' numbers, times that go back."""

    def __init__(self) -> None:
        self.gaps: Counter[str] = Counter()
        """Numbers left out, by topic; of topics with several publishers they cannot be told."""
        self.back: Counter[str] = Counter()
        """Messages whose time is before that of the one before, by topic."""
        self._last: dict[str, tuple[int, int]] = {}
        self._mixed: set[str] = set()

    def add(self, message: Message) -> None:
        """The next message of a bag."""
        before = self._last.get(message.topic)
        self._last[message.topic] = (message.received, message.sequence)
        if before is None:
            return
        self.back[message.topic] += message.received < before[0]
        if not message.sequence or message.topic in self._mixed:
            return
        if message.sequence <= before[1]:  # numbers of several publishers in turn
            self._mixed.add(message.topic)
            del self.gaps[message.topic]
        else:
            self.gaps[message.topic] += message.sequence - before[1] - 1


def _number(path: Path) -> tuple[int, str]:
    number = re.search(r"_(\d+)$", path.stem)
    return (int(number[1]) if number else 0), path.name

"""Everything that can still be read from a bag's SQLite file, and what cannot, in words."""

from __future__ import annotations

import os
import shutil
import sqlite3
import struct
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hyperdynamics_ros.recording.storage import Message
from hyperdynamics_ros.recording.topics import Topic

_ROWS = "SELECT id, topic_id, timestamp, data FROM messages WHERE id > ? ORDER BY id"

_GIVE_UP = 100_000
"""Unreadable rows one after the other after which no more are looked for."""
_UNKNOWN = "unknown topics"
_SHOWN = 200
"""Characters of what SQLite says is damaged."""


class SqliteReader:
    """One file; ``problems`` and ``lost`` are told once ``messages`` has come to its end."""

    def __init__(self, path: Path) -> None:
        """Raises OSError where the file cannot be opened."""
        self.path = path
        self.problems: list[str] = []
        self.lost: Counter[str] = Counter()
        self.topics: dict[str, Topic] = {}
        self._names: dict[int, str] = {}
        self._padded: Path | None = None
        short = _missing_bytes(path)
        if short:
            self.problems.append(f"is cut off: its last {short} bytes are missing")
            self._padded = _with_zeros(path, short)
        address = f"file:{quote(str(self._padded or path))}?mode=ro"
        self._connection = sqlite3.connect(address, uri=True)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
        if self._padded is not None:
            self._padded.unlink()

    def messages(self) -> Iterator[Message]:
        """Every message that is whole, in the order of recording."""
        self._look_at_log()
        try:
            self._read_topics()
            self._check()
        except sqlite3.Error as error:
            self.problems.append(f"is damaged or no database of rosbag2: {error}")
            if not self._names:
                return
        for _, topic, time, data in self._rows():
            name = self._names.get(topic)
            if name is None or not isinstance(data, bytes):
                self.lost[_UNKNOWN] += 1
            else:
                yield Message(name, time, time, 0, data)
        if not +self.lost:
            self.lost.clear()
        else:
            self.problems.append(f"{self.lost[_UNKNOWN]} messages cannot be read: they, or their topics, are damaged")

    def _look_at_log(self) -> None:
        log = self.path.with_name(f"{self.path.name}-wal")
        if log.is_file() and log.stat().st_size:
            self.problems.append(f"was not closed: {log.stat().st_size} bytes are in its write-ahead log {log.name}")

    def _read_topics(self) -> None:
        definitions = dict(self._all("SELECT topic_type, encoded_message_definition FROM message_definitions"))
        query = "SELECT id, name, type, offered_qos_profiles, type_description_hash FROM topics ORDER BY id"
        for number, name, kind, offered, type_hash in self._all(query):
            self._names[number] = name
            self.topics[name] = Topic(name, kind, definitions.get(kind, ""), type_hash, offered)

    def _check(self) -> None:
        found = [row[0] for row in self._all("PRAGMA quick_check(20)")]
        if found != ["ok"]:
            words = " ".join(" ".join(map(str, found)).split())
            self.problems.append(f"is damaged: {words[:_SHOWN]}{' ...' if len(words) > _SHOWN else ''}")
        if not self._all("SELECT 1 FROM metadata") and not self.problems:
            self.problems.append("was not closed: its table metadata is empty")

    def _rows(self) -> Iterator[tuple[int, int, int, bytes]]:
        """Rows of messages; those on damaged pages are stepped over one by one."""
        last, newest = 0, self._newest_id()
        unreadable, in_a_row = 0, 0
        while in_a_row < _GIVE_UP and (newest is None or last < newest):
            try:
                for row in self._connection.execute(_ROWS, (last,)):
                    last, in_a_row = row[0], 0
                    yield row
                break
            except sqlite3.Error:
                last, unreadable, in_a_row = last + 1, unreadable + 1, in_a_row + 1
        if newest is None:
            self.problems.append("an unknown number of its newest messages is lost")
            unreadable -= in_a_row
        self.lost[_UNKNOWN] += unreadable

    def _newest_id(self) -> int | None:
        """None: the page that it stands on is damaged."""
        try:
            return int(self._all("SELECT max(id) FROM messages")[0][0] or 0)
        except sqlite3.Error:
            return None

    def _all(self, query: str) -> list[tuple[Any, ...]]:
        with closing(self._connection.execute(query)) as rows:
            return rows.fetchall()


def _missing_bytes(path: Path) -> int:
    """By how much a database is shorter than its header says; SQLite reads nothing at all of such a one."""
    with path.open("rb") as file:
        header = file.read(100)
    if len(header) < 100 or not header.startswith(b"SQLite format 3"):
        return 0
    page_size, pages = struct.unpack_from(">H", header, 16)[0], struct.unpack_from(">I", header, 28)[0]
    return max(0, pages * (page_size if page_size > 1 else 65536) - path.stat().st_size)


def _with_zeros(path: Path, missing: int) -> Path:
    """A copy of a database in the folder for temporary files, with zeros for what is missing."""
    number, name = tempfile.mkstemp(suffix=path.suffix)
    os.close(number)
    shutil.copyfile(path, name)
    os.truncate(name, path.stat().st_size + missing)
    return Path(name)

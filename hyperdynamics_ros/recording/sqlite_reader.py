"""Everything that can still be read from a bag's SQLite file, and what cannot, in words."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hyperdynamics_ros.recording.sqlite_cut import fill_up, is_torn, missing_bytes, page_size
from hyperdynamics_ros.recording.storage import Message
from hyperdynamics_ros.recording.topics import Topic

_ROWS = "SELECT id, topic_id, timestamp, data FROM messages WHERE id > ? ORDER BY id"

_ONE_BY_ONE, _NUMBERS_END = 2000, 2**40
"""Rows after which unreadable ones are stepped over in leaps; number beyond which no message is looked for."""
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
        self._scratch: Path | None = None
        short = 0 if _log(path).exists() else missing_bytes(path)  # with a log, pages may be there alone
        if short:
            self.problems.append(f"is cut off: its last {short} bytes are missing")
            fill_up(self._copy(path), short)
        self._page_size = page_size(path) if short else 0
        self._connection = self._open(path)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def _open(self, path: Path) -> sqlite3.Connection:
        """The file, or a copy of it: to read a write-ahead log SQLite must write beside it, for which a full or
        read-only disk has no room."""
        connection = _connect(path if self._scratch is None else self._scratch / path.name)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        except sqlite3.OperationalError:
            if self._scratch is None and _log(path).exists():
                connection.close()
                self._copy(_log(path))
                return _connect(self._copy(path))
        except sqlite3.Error:
            pass  # damage; messages() says which
        return connection

    def _copy(self, path: Path) -> Path:
        """A copy of a file in a folder for temporary ones."""
        self._scratch = self._scratch or Path(tempfile.mkdtemp(prefix="hyperdynamics_bag_"))
        return Path(shutil.copy(path, self._scratch / path.name))

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
            torn = self._page_size and isinstance(data, bytes) and is_torn(topic, data, self._page_size)
            if name is None or not isinstance(data, bytes) or torn:
                self.lost[_UNKNOWN] += 1
            else:
                yield Message(name, time, time, 0, data)
        if not +self.lost:
            self.lost.clear()
        else:
            self.problems.append(f"{self.lost[_UNKNOWN]} messages cannot be read: they, or their topics, are damaged")

    def _look_at_log(self) -> None:
        log = _log(self.path)
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
        """Rows of messages; those on damaged pages are stepped over, and counted by the numbers they leave out."""
        newest, last = self._newest_id(), 0
        start: int | None = 0
        while start is not None:
            try:
                for row in self._connection.execute(_ROWS, (start,)):
                    self.lost[_UNKNOWN] += row[0] - last - 1
                    last = start = row[0]
                    yield row
                break
            except sqlite3.Error:
                start = self._next_readable(start, newest)
        if newest is None:
            self.problems.append("an unknown number of its newest messages is lost")
        else:
            self.lost[_UNKNOWN] += newest - last

    def _next_readable(self, after: int, newest: int | None) -> int | None:
        """The least number behind which rows can be read again; None: there are none.

        One by one at first, so that no readable page is missed between damaged ones; then ever further.
        """
        failing, step = after, 1
        while failing + step <= (_NUMBERS_END if newest is None else newest):
            if self._is_readable(failing + step):
                break
            failing, step = failing + step, 1 if failing - after < _ONE_BY_ONE else 2 * step
        else:
            return None
        while step > 1:
            step //= 2
            failing += 0 if self._is_readable(failing + step) else step
        return failing + 1

    def _is_readable(self, after: int) -> bool:
        try:
            self._connection.execute(_ROWS, (after,)).fetchone()
        except sqlite3.Error:
            return False
        return True

    def _newest_id(self) -> int | None:
        """None: the page that it stands on is damaged."""
        try:
            return int(self._all("SELECT max(id) FROM messages")[0][0] or 0)
        except sqlite3.Error:
            return None

    def _all(self, query: str) -> list[tuple[Any, ...]]:
        with closing(self._connection.execute(query)) as rows:
            return rows.fetchall()


def _log(path: Path) -> Path:
    """A database's write-ahead log."""
    return path.with_name(f"{path.name}-wal")


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)

"""A bag's file in SQLite with rosbag2's schema, version 4: a write-ahead log and one transaction a flush."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hyperdynamics_ros.recording.metadata import VERSION
from hyperdynamics_ros.recording.storage import Message
from hyperdynamics_ros.recording.topics import Topic

SCHEMA_VERSION = 4
_ROW_OVERHEAD = 40
"""Bytes a message takes beside its data, with its line in the index; about."""
_TABLES = (
    "CREATE TABLE schema(schema_version INTEGER PRIMARY KEY, ros_distro TEXT NOT NULL)",
    "CREATE TABLE metadata(id INTEGER PRIMARY KEY, metadata_version INTEGER NOT NULL, metadata TEXT NOT NULL)",
    "CREATE TABLE topics(id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, "
    "serialization_format TEXT NOT NULL, offered_qos_profiles TEXT NOT NULL, type_description_hash TEXT NOT NULL)",
    "CREATE TABLE message_definitions(id INTEGER PRIMARY KEY, topic_type TEXT NOT NULL, encoding TEXT NOT NULL, "
    "encoded_message_definition TEXT NOT NULL, type_description_hash TEXT NOT NULL)",
    "CREATE TABLE messages(id INTEGER PRIMARY KEY, topic_id INTEGER NOT NULL, timestamp INTEGER NOT NULL, "
    "data BLOB NOT NULL)",
    "CREATE INDEX timestamp_idx ON messages (timestamp ASC)",
)


@contextmanager
def _as_os_error(path: Path) -> Iterator[None]:
    """SQLite's errors as OSError, which is what a storage raises."""
    try:
        yield
    except sqlite3.Error as error:
        raise OSError(f"{path}: {error}") from error


class SqliteStorage:
    """See ``Storage``."""

    def __init__(self, path: Path) -> None:
        """See ``open_storage``."""
        self.path = path
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644))  # sqlite3 would take an old file on
        self._topics: dict[str, int] = {}
        self._types: set[str] = set()
        self._bytes = 0
        with _as_os_error(path):
            self._connection = sqlite3.connect(path, isolation_level=None)
        try:
            self._prepare()
        except OSError:
            self.abandon()
            raise

    def _prepare(self) -> None:
        with _as_os_error(self.path):
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute("BEGIN")
            for table in _TABLES:
                self._connection.execute(table)
            distribution = os.environ.get("ROS_DISTRO", "kilted")
            self._connection.execute("INSERT INTO schema VALUES (?, ?)", (SCHEMA_VERSION, distribution))
            self._connection.execute("COMMIT")
            self._connection.execute("BEGIN")

    @property
    def size(self) -> int:
        """See ``Storage.size``."""
        return self._bytes

    def add_topic(self, topic: Topic) -> None:
        """See ``Storage.add_topic``."""
        number = self._topics[topic.name] = len(self._topics) + 1
        with _as_os_error(self.path):
            if topic.type not in self._types:
                self._types.add(topic.type)
                row = (len(self._types), topic.type, "ros2msg", topic.definition, topic.type_hash)
                self._connection.execute("INSERT INTO message_definitions VALUES (?, ?, ?, ?, ?)", row)
            about = (number, topic.name, topic.type, "cdr", topic.offered_qos, topic.type_hash)
            self._connection.execute("INSERT INTO topics VALUES (?, ?, ?, ?, ?, ?)", about)
        self._bytes += len(topic.definition) + len(topic.offered_qos)

    def write(self, message: Message) -> None:
        """See ``Storage.write``."""
        row = (self._topics[message.topic], message.received, message.data)
        with _as_os_error(self.path):
            self._connection.execute("INSERT INTO messages (topic_id, timestamp, data) VALUES (?, ?, ?)", row)
        self._bytes += len(message.data) + _ROW_OVERHEAD

    def flush(self) -> None:
        """See ``Storage.flush``."""
        with _as_os_error(self.path):
            self._connection.execute("COMMIT")
            self._connection.execute("BEGIN")

    def close(self, metadata: str) -> None:
        """See ``Storage.close``. One file is left: readers that may not write cannot open a write-ahead log."""
        with _as_os_error(self.path):
            row = (VERSION, metadata)
            self._connection.execute("INSERT INTO metadata (metadata_version, metadata) VALUES (?, ?)", row)
            self._connection.execute("COMMIT")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA journal_mode = DELETE")
            self._connection.close()

    def abandon(self) -> None:
        """See ``Storage.abandon``."""
        with suppress(sqlite3.Error):
            self._connection.close()

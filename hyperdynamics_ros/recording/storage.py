"""One file of a bag while it is written: the same five calls for MCAP and for SQLite."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, Protocol

from hyperdynamics_ros.recording.topics import Topic

SUFFIXES = {"mcap": ".mcap", "sqlite3": ".db3"}
"""File endings by rosbag2's name of the storage."""
COMPRESSIONS = ("none", "lz4", "zstd")
"""Of chunks in MCAP files."""


class Message(NamedTuple):
    """One recorded message."""

    topic: str
    """Fully qualified name."""
    received: int
    """When it reached the recorder, ns; what rosbag2 calls its time stamp."""
    published: int
    """When its publisher sent it, ns; SQLite keeps no such column."""
    sequence: int
    """Number that the publisher's middleware gave it, 0: unknown; SQLite keeps no such column."""
    data: bytes
    """As it was serialized: CDR with its header."""


class Storage(Protocol):
    """A file being written. Every call may raise OSError; then ``abandon`` is the only one that is left."""

    path: Path

    @property
    def size(self) -> int:
        """Bytes written and pending."""
        ...

    def add_topic(self, topic: Topic) -> None:
        """Make a topic known, once, before its first message."""
        ...

    def write(self, message: Message) -> None:
        """Take a message; it is safe after the next flush."""
        ...

    def flush(self) -> None:
        """Hand everything to the operating system: the process may now be killed without losing it."""
        ...

    def close(self, metadata: str) -> None:
        """Complete the file, with rosbag2's metadata of it, and bring it to the disk."""
        ...

    def abandon(self) -> None:
        """Let go of the file after a failure; what was flushed stays. Raises nothing."""
        ...


def open_storage(kind: str, path: Path, chunk_size: int, compression: str) -> Storage:
    """A new file.

    Args:
        kind: mcap or sqlite3.
        path: must not exist.
        chunk_size: bytes of messages in a chunk at most (MCAP).
        compression: of the chunks (MCAP), one of COMPRESSIONS.

    Raises:
        OSError: the file cannot be made, or exists.
    """
    if kind == "mcap":
        from hyperdynamics_ros.recording.mcap_storage import McapStorage

        return McapStorage(path, chunk_size, compression)
    from hyperdynamics_ros.recording.sqlite_storage import SqliteStorage

    return SqliteStorage(path)

"""A bag's file in MCAP, in small chunks with checksums that are handed to the operating system as they end.

The library ``mcap`` writes: that of ``rosbags`` keeps up to 1 MiB to itself with no way to flush it, and writes no
checksums, without which damage inside of a chunk goes unseen.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, cast

from mcap.writer import CompressionType, Writer

from hyperdynamics_ros.recording.storage import Message
from hyperdynamics_ros.recording.topics import Topic

_COMPRESSION = {"none": CompressionType.NONE, "lz4": CompressionType.LZ4, "zstd": CompressionType.ZSTD}


class _Sink:
    """A file without a buffer of its own, which writes all or raises."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        self._written = 0

    def write(self, data: bytes) -> int:
        """Write all of data. Raises OSError, with a part of it written."""
        left = memoryview(data)
        while left:
            count = os.write(self._descriptor, left)
            self._written += count
            left = left[count:]
        return len(data)

    def tell(self) -> int:
        """Bytes written so far."""
        return self._written

    def flush(self) -> None:
        """Nothing to do: nothing is kept back."""

    def sync(self) -> None:
        """Bring it to the disk."""
        os.fsync(self._descriptor)

    def cut(self, size: int) -> None:
        """Drop what stands behind the first ``size`` bytes."""
        os.ftruncate(self._descriptor, size)

    def close(self) -> None:
        """Let go of the file; its number may be another file's from now on."""
        descriptor, self._descriptor = self._descriptor, -1
        os.close(descriptor)


class McapStorage:
    """See ``Storage``."""

    def __init__(self, path: Path, chunk_size: int, compression: str) -> None:
        """See ``open_storage``."""
        self.path = path
        self._sink = _Sink(path)
        self._pending, self._whole = 0, 0
        self._schemas: dict[str, int] = {}
        self._channels: dict[str, int] = {}
        stream = cast("IO[Any]", self._sink)
        self._writer = Writer(stream, chunk_size=chunk_size, compression=_COMPRESSION[compression])
        try:
            self._writer.start(profile="ros2")
        except OSError:
            self.abandon()
            raise

    @property
    def size(self) -> int:
        """See ``Storage.size``."""
        return self._sink.tell() + self._pending

    def add_topic(self, topic: Topic) -> None:
        """See ``Storage.add_topic``."""
        if topic.type not in self._schemas:
            self._schemas[topic.type] = self._writer.register_schema(topic.type, "ros2msg", topic.definition.encode())
        about = {"offered_qos_profiles": topic.offered_qos, "topic_type_hash": topic.type_hash}
        schema = self._schemas[topic.type]
        self._channels[topic.name] = self._writer.register_channel(topic.name, "cdr", schema, about)

    def write(self, message: Message) -> None:
        """See ``Storage.write``."""
        before = self._sink.tell()
        self._writer.add_message(
            self._channels[message.topic],
            message.received,
            message.data,
            message.published,
            message.sequence & 0xFFFFFFFF,
        )
        if self._sink.tell() == before:
            self._pending += len(message.data)
        else:
            self._pending, self._whole = 0, self._sink.tell()

    def flush(self) -> None:
        """See ``Storage.flush``."""
        self._writer.flush()
        self._pending, self._whole = 0, self._sink.tell()

    def close(self, metadata: str) -> None:
        """See ``Storage.close``."""
        self.flush()
        self._writer.add_metadata("rosbag2", {"serialized_metadata": metadata})
        self._writer.finish()
        self._sink.sync()
        self._sink.close()

    def abandon(self) -> None:
        """See ``Storage.abandon``."""
        with suppress(OSError):  # half of a record at the end helps nobody
            self._sink.cut(self._whole)
        with suppress(OSError):
            self._sink.close()

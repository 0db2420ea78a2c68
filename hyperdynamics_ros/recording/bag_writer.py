"""Writes one bag: a folder with one file or several, and metadata.yaml once all is complete."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from hyperdynamics_ros.recording.errors import BagError, StorageFailed
from hyperdynamics_ros.recording.lock import BagLock
from hyperdynamics_ros.recording.metadata import FileContents, as_yaml, information, totals, write_metadata
from hyperdynamics_ros.recording.storage import SUFFIXES, Message, Storage, open_storage
from hyperdynamics_ros.recording.topics import Topic


@dataclass(frozen=True)
class WriterSettings:
    """How a bag is written."""

    storage: str = "mcap"
    """mcap or sqlite3."""
    compression: str = "none"
    """Of chunks in MCAP files: none, lz4, zstd."""
    chunk_size: int = 256 * 1024
    """Bytes of messages in a chunk at most; a bigger message has one of its own."""
    max_bag_size: int = 0
    """Bytes after which a new file is begun; 0: never."""
    max_bag_duration: float = 0.0
    """Seconds of wall time after which a new file is begun; 0: never."""
    min_free_space: int = 64 * 1024 * 1024
    """Bytes that are left free on the disk: the bag is closed before less is left."""


class BagWriter:
    """A bag that is being written. Not safe for several threads."""

    def __init__(self, folder: Path, settings: WriterSettings, now: Callable[[], float] = time.monotonic) -> None:
        """Make the folder and the first file.

        Args:
            folder: of the bag; must not exist, or be empty.
            settings: see there.
            now: seconds of a clock that never goes back.

        Raises:
            BagError: there is something in the folder.
            StorageFailed: it cannot be made or written to.
        """
        self.folder, self._settings, self._now = folder, settings, now
        self.files: list[FileContents] = []
        self.topics: dict[str, Topic] = {}
        self.custom: dict[str, str] = {}
        self._finished_bytes = 0
        self._make_folder()
        self._lock = BagLock(folder)
        try:
            self._open_file()
        except OSError as error:
            self._lock.release()
            raise StorageFailed(
                f"bag {folder} cannot be written to: {_reason(error)}; give a folder that can be written to, on a disk "
                "with room"
            ) from error

    @property
    def size(self) -> int:
        """Bytes of all files, with what is pending."""
        return self._finished_bytes + self._storage.size

    @property
    def contents(self) -> FileContents:
        """What was written so far, all files together."""
        return totals(self.files)

    def add_topic(self, topic: Topic) -> None:
        """Make a topic known before its first message. Raises StorageFailed."""
        self.topics[topic.name] = topic
        try:
            self._storage.add_topic(topic)
        except OSError as error:
            self._fail(error)

    def write(self, message: Message) -> None:
        """Write one message of a known topic; begins a new file first where the old one is full or old enough.

        Raises:
            StorageFailed: nothing more can be written; the bag is let go of, what was flushed before is safe.
        """
        try:
            if self._is_full(len(message.data)):
                self._next_file()
            self._storage.write(message)
        except OSError as error:
            self._fail(error)
        self.files[-1].count(message.topic, message.received)

    def flush(self) -> None:
        """Make everything so far survive a kill of this process.

        Raises:
            StorageFailed: as ``write``; or the disk is nearly full, and the bag was closed, complete.
        """
        try:
            self._storage.flush()
        except OSError as error:
            self._fail(error)
        self._mind_space()

    def split(self) -> None:
        """Begin a new file; nothing happens while the present one is empty. Raises StorageFailed."""
        if not self.files[-1].messages:
            return
        try:
            self._next_file()
        except OSError as error:
            self._fail(error)

    def close(self) -> None:
        """Complete the bag. Raises StorageFailed where that could not be done."""
        try:
            self._close_file()
            description = information(self._settings.storage, [*self.topics.values()], self.files, self.custom)
            write_metadata(self.folder, description)
        except OSError as error:
            self._fail(error)
        self._lock.release()

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if any(self.folder.iterdir()):
                raise BagError(f"{self.folder} exists and is not empty; give another folder for the bag")
        except OSError as error:
            raise StorageFailed(
                f"bag {self.folder} cannot be made: {_reason(error)}; give a folder that can be written to"
            ) from error

    def _open_file(self) -> None:
        settings = self._settings
        name = f"{self.folder.resolve().name}_{len(self.files)}{SUFFIXES[settings.storage]}"
        self._storage: Storage = open_storage(
            settings.storage, self.folder / name, settings.chunk_size, settings.compression
        )
        for topic in self.topics.values():
            self._storage.add_topic(topic)
        self.files.append(FileContents(name))
        self._opened = self._now()

    def _is_full(self, incoming: int) -> bool:
        settings = self._settings
        if not self.files[-1].messages:
            return False
        old = 0 < settings.max_bag_duration <= self._now() - self._opened
        return old or 0 < settings.max_bag_size < self._storage.size + incoming

    def _next_file(self) -> None:
        self._close_file()
        self._open_file()

    def _close_file(self) -> None:
        description = information(self._settings.storage, [*self.topics.values()], self.files[-1:], self.custom)
        self._storage.close(as_yaml(description))
        self._finished_bytes += self._storage.path.stat().st_size

    def _mind_space(self) -> None:
        if not self._settings.min_free_space:
            return
        state = os.statvfs(self.folder)
        free = state.f_bavail * state.f_frsize
        if free < self._settings.min_free_space:
            self.close()
            raise StorageFailed(
                f"recording into {self.folder} was stopped: {free / 1e6:.0f} MB are free on its disk, less than "
                f"min_free_space ({self._settings.min_free_space / 1e6:.0f} MB); the bag is complete up to here. Make "
                "room and start anew"
            )

    def _fail(self, error: OSError) -> NoReturn:
        """Let go of everything and say what is safe."""
        self._storage.abandon()
        with suppress(OSError):
            self._lock.release()
        raise StorageFailed(
            f"recording into {self.folder} was stopped: {_reason(error)}; what was flushed before is safe. Make room "
            f"or give another disk, and complete this bag with: hyperdynamics dataset repair {self.folder}"
        ) from error


def _reason(error: OSError) -> str:
    return error.strerror or str(error)

"""Records the topics of a ROS graph into a bag: what comes in, byte for byte, with its times."""

from __future__ import annotations

import json
import math
import time
from collections import defaultdict, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rclpy.node import Node

from hyperdynamics_ros.recording.bag_writer import BagWriter, WriterSettings
from hyperdynamics_ros.recording.errors import BagError, StorageFailed
from hyperdynamics_ros.recording.statistics import TopicStatistics, progress_line
from hyperdynamics_ros.recording.storage import Message
from hyperdynamics_ros.recording.subscriptions import Logger, Subscriptions, Taken
from hyperdynamics_ros.recording.topics import Selection

STEP = 0.05
"""``Recorder.step`` is to be called this often, s."""
_TURN = 0.5
"""Longest turn, s: with a slow disk, flushing and the process's signals have theirs in between."""


@dataclass(frozen=True)
class RecorderSettings:
    """What is recorded, and how."""

    bag: str = ""
    """Folder of the bag; empty: rosbag2_ with date and time, here."""
    selection: Selection = Selection()
    """Which topics."""
    writer: WriterSettings = WriterSettings()
    """How the bag is written."""
    queue_depth: int = 1000
    """Messages of a topic that the middleware keeps while we are busy."""
    flush_period: float = 0.25
    """Seconds between two flushes: what a kill of the process can cost at most."""
    discovery_period: float = 0.2
    """Seconds between two looks for new topics."""


class Recorder:
    """One recording after the other. ``failure`` says why the last one ended by itself; empty: it did not."""

    def __init__(
        self,
        node: Node,
        settings: RecorderSettings,
        logger: Logger,
        clock: Callable[[], int] | None = None,
    ) -> None:
        """Nothing is recorded yet.

        Args:
            node: subscribes.
            settings: see there.
            logger: takes lines for people.
            clock: stamps the messages, ns; None: the time at which the middleware received each.
        """
        self._node, self._settings, self._logger, self._clock = node, settings, logger, clock
        self.writer: BagWriter | None = None
        self.statistics: dict[str, TopicStatistics] = {}
        self.failure = ""
        self.bag: Path | None = None
        self._bags = 0

    @property
    def recording(self) -> bool:
        """Whether a bag is open."""
        return self.writer is not None

    @property
    def seconds(self) -> float:
        """Since the present recording began, or how long the last one took."""
        return (time.monotonic() if self.recording else self._ended) - self._began if self._bags else 0.0

    @property
    def now(self) -> int:
        """The clock that stamps the messages, ns."""
        return time.time_ns() if self._clock is None else self._clock()

    @property
    def missing(self) -> list[str]:
        """Names asked for that nobody publishes on."""
        return self._subscriptions.missing if self.recording else []

    def start(self) -> Path:
        """Begin a bag.

        Returns:
            Its folder.

        Raises:
            BagError: a recording is under way, or there is something in the folder.
            StorageFailed: the folder cannot be written to.
        """
        if self.recording:
            raise BagError(f"{self.bag} is being recorded; stop that first")
        folder = bag_folder(self._settings.bag, self._bags)
        self.writer = BagWriter(folder, self._settings.writer)
        self.bag, self.failure, self._bags = folder, "", self._bags + 1
        self.statistics = {}
        self._newest: defaultdict[str, int] = defaultdict(int)
        self._sizes: deque[tuple[float, int]] = deque(maxlen=100)
        self._subscriptions = Subscriptions(
            self._node, self._settings.selection, self._settings.queue_depth, self._logger
        )
        self._began = self._flushed = time.monotonic()
        self._discovered = -float("inf")
        self._logger.info(f"recording into {folder}")
        return folder

    def step(self) -> None:
        """Take what came, look for topics, flush; to be called every STEP seconds. Ends the recording on a failure."""
        if self.writer is None:
            return
        try:
            self._step(self.writer)
        except StorageFailed as error:
            self._end(str(error))

    def split(self) -> str:
        """Begin a new file of the present bag.

        Returns:
            Its name.

        Raises:
            BagError: nothing is being recorded.
        """
        if self.writer is None:
            raise BagError("nothing is being recorded; start first")
        try:
            self._write_all(self.writer)
            self.writer.split()
        except StorageFailed as error:
            self._end(str(error))
            raise
        return self.writer.files[-1].path

    def stop(self) -> str:
        """Take what has come by now and complete the bag.

        Returns:
            What it holds, in words.

        Raises:
            BagError: nothing is being recorded.
            StorageFailed: the bag could not be completed; what was flushed is safe.
        """
        if self.writer is None:
            raise BagError("nothing is being recorded")
        writer = self.writer
        try:
            self._write_all(writer)
            writer.close()
        except StorageFailed as error:
            self._end(str(error))
            raise
        self._end()
        return f"{self.bag} is complete: {self.progress()}"

    def progress(self) -> str:
        """Counts and rates, in a line."""
        seconds, size = self.seconds, self._sizes[-1][1] if self._bags and self._sizes else 0
        if self.recording and len(self._sizes) > 1:
            (then, before), (now, size) = self._sizes[0], self._sizes[-1]
            speed = (size - before) / max(now - then, 1e-9)
        else:
            speed = size / seconds if seconds else 0.0
        return progress_line(seconds, size, speed, self.statistics, self.now)

    def _step(self, writer: BagWriter) -> None:
        now = time.monotonic()
        if now - self._discovered >= self._settings.discovery_period:
            self._discovered = now
            self._discover(writer)
        if self._clock is not None and not self._clock():
            return  # simulated time has not begun; messages wait in the middleware
        self._write_all(writer, _TURN)
        if now - self._flushed >= self._settings.flush_period:
            self._flushed = now
            writer.flush()

    def _discover(self, writer: BagWriter) -> None:
        for topic in self._subscriptions.discover():
            writer.add_topic(topic)
            self.statistics[topic.name] = TopicStatistics()
            self._logger.info(f"subscribed to {topic.name} ({topic.type})")

    def _write_all(self, writer: BagWriter, seconds: float = math.inf) -> None:
        for taken in self._subscriptions.drain(seconds):
            self._write(writer, taken)
        self._sizes.append((time.monotonic(), writer.size))
        lost = {name: one.lost for name, one in self.statistics.items() if one.lost}
        if lost:
            writer.custom["lost"] = json.dumps(lost)

    def _write(self, writer: BagWriter, taken: Taken) -> None:
        statistics = self.statistics[taken.topic]
        if statistics.is_repeated(taken.publisher, taken.sequence):
            return
        received = taken.received if self._clock is None else self._clock()
        published = (taken.published or received) if self._clock is None else received
        if self._clock is None:  # readers sort by this: a system clock that is set back must not change the order
            received = self._newest[taken.topic] = max(received, self._newest[taken.topic])
        writer.write(Message(taken.topic, received, published, taken.sequence, taken.data))
        statistics.add(len(taken.data), received)

    def _end(self, failure: str = "") -> None:
        self.writer, self._ended, self.failure = None, time.monotonic(), failure
        with suppress(Exception):
            self._subscriptions.close()
        if failure:
            self._logger.error(failure)


def bag_folder(given: str, made_before: int) -> Path:
    """The folder of the next bag: as given, or date and time; the next free one of name-2, name-3 ... for a later bag.

    Args:
        given: folder of the first bag; empty: rosbag2_ with date and time, here.
        made_before: bags that this recorder has made.
    """
    first = Path(given or datetime.now().strftime("rosbag2_%Y_%m_%d-%H_%M_%S")).expanduser()
    folder, number = first, 2
    while made_before and folder.exists():
        folder, number = first.with_name(f"{first.name}-{number}"), number + 1
    return folder

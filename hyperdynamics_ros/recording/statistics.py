"""Live counts and rates of what is recorded, and the line that shows them."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

WINDOW = 400
"""Newest messages that a rate is made from."""
RATE_WINDOW = 5.0
"""Older messages do not count for a rate, s."""


@dataclass
class TopicStatistics:
    """What came on one topic."""

    count: int = 0
    """Messages written."""
    size: int = 0
    """Bytes of them."""
    lost: int = 0
    """Messages that publishers sent and that did not reach us, told by gaps in their numbers."""
    _times: deque[int] = field(default_factory=lambda: deque(maxlen=WINDOW))
    _numbers: dict[bytes, int] = field(default_factory=dict)

    def is_repeated(self, publisher: bytes, number: int) -> bool:
        """Note the number that a publisher gave a message; True where it was seen before, as a second subscription's
        latched messages are. Numbers of 0 are not known."""
        newest = self._numbers.get(publisher)
        if not number or (newest is not None and number <= newest):
            return bool(number)
        if newest is not None:
            self.lost += number - newest - 1
        self._numbers[publisher] = number
        return False

    def add(self, size: int, received: int) -> None:
        """One message of ``size`` bytes, received at a time in ns."""
        self.count += 1
        self.size += size
        self._times.append(received)

    def rate(self, now: int) -> float:
        """Messages a second, of the newest ones; 0 where none came for a while.

        Args:
            now: ns, of the clock of the times of receiving.
        """
        recent = [moment for moment in self._times if now - moment <= RATE_WINDOW * 1e9]
        span = recent[-1] - recent[0] if recent else 0
        return (len(recent) - 1) / (span * 1e-9) if span > 1e8 else 0.0  # latched messages come all at once


def progress_line(
    seconds: float, size: int, bytes_a_second: float, statistics: Mapping[str, TopicStatistics], now: int
) -> str:
    """One line about a recording: time, messages, bytes, and the topics with the highest rates.

    Args:
        seconds: since the recording began.
        size: bytes written.
        bytes_a_second: of late.
        statistics: by topic.
        now: ns, see ``TopicStatistics.rate``.
    """
    count = sum(one.count for one in statistics.values())
    lost = sum(one.lost for one in statistics.values())
    parts = [f"{seconds:.0f} s", f"{count} messages", f"{size / 1e6:.1f} MB", f"{bytes_a_second / 1e6:.2f} MB/s"]
    parts += [f"{len(statistics)} topics", *([f"{lost} LOST"] if lost else [])]
    rates = sorted(((one.rate(now), name) for name, one in statistics.items()), reverse=True)
    shown = [f"{name} {rate:.1f} Hz" for rate, name in rates[:4] if rate > 0]
    return "  ".join([*parts, *shown])

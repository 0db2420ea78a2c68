"""A border post: runs one check on every message of a topic, counts what it refuses and names it in the log."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

from hyperdynamics_ros.checks.rules import NANOSECONDS, MessageRefused, stamp_ns

LOG_PERIOD = 1.0
"""Least time between two lines about one topic, s."""
RESTART_AFTER = 2.0
"""A topic that was silent for this long may start anew with older stamps: its publisher was restarted, s."""


class Logger(Protocol):
    """What a guard needs of rclpy's logger."""

    def warning(self, message: str) -> object: ...


class Guard:
    """Lets a topic's messages through or refuses them; stamps must not go back.

    ``accepted`` and ``refused`` count; ``last_refusal`` says why the last one was refused.
    """

    def __init__(
        self,
        topic: str,
        check: Callable[[Any], None],
        logger: Logger,
        now: Callable[[], float] = time.monotonic,
        ordered: bool = True,
        on_restart: Callable[[], None] = lambda: None,
    ) -> None:
        """check: raises MessageRefused. now: seconds of wall time. ordered: refuse stamps that go back.

        on_restart is called when a topic starts anew with older stamps after a silence.
        """
        self.topic, self.accepted, self.refused, self.last_refusal = topic, 0, 0, ""
        self._check, self._logger, self._now, self._ordered = check, logger, now, ordered
        self._on_restart = on_restart
        self._newest_stamp = 0
        self._last_accepted = self._last_refused = -float("inf")
        self._last_log, self._unlogged = -float("inf"), 0

    def accept(self, message: Any) -> bool:
        """True: the message keeps every rule and may be used."""
        try:
            self._check(message)
            if self._ordered:
                self._check_order(message)
        except MessageRefused as refusal:
            self.refuse(str(refusal))
            return False
        self.accepted += 1
        self._last_accepted = self._now()
        return True

    def refuse(self, reason: str) -> None:
        """Count a message as refused; for rules that a node knows beyond the check."""
        self.refused += 1
        self._unlogged += 1
        self.last_refusal, self._last_refused = reason, self._now()
        self.log_rest()

    def refused_all_since(self, moment: float) -> bool:
        """Whether messages came since a moment, s of wall time, and not one was let through."""
        return self._last_refused > moment >= self._last_accepted

    def log_rest(self) -> None:
        """Name what was refused since the last line, if that is a second ago; to be called now and then."""
        if self._unlogged and self._now() - self._last_log >= LOG_PERIOD:
            self._logger.warning(f"{self.topic}: refused {self._unlogged} message(s): {self.last_refusal}")
            self._last_log, self._unlogged = self._now(), 0

    def forget_stamps(self) -> None:
        """After the clock went back, stamps may start anew."""
        self._newest_stamp = 0

    def _check_order(self, message: Any) -> None:
        stamp = stamp_ns(message.header.stamp)
        if stamp < self._newest_stamp:
            if self._now() - self._last_accepted < RESTART_AFTER:
                raise MessageRefused(
                    "header.stamp",
                    f"{(self._newest_stamp - stamp) / NANOSECONDS:.3f} s before the newest",
                    "must not go back",
                    "let one publisher write this topic, with one clock",
                )
            self._on_restart()
        self._newest_stamp = stamp

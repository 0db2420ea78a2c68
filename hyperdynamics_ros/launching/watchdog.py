"""Ends process groups when the runner that started them is gone, however it went.

Started by path, with the standard library alone. Reads ``+GROUP`` and ``-GROUP`` lines; the pipe's end means that the
runner has died: groups that are still listed get SIGINT, and SIGKILL after a grace time.
"""

from __future__ import annotations

import os
import signal
import sys
import time

GRACE = 4.0
"""Seconds between SIGINT and SIGKILL."""


def send(groups: set[int], number: signal.Signals) -> set[int]:
    """Send a signal to process groups; returns those that still exist."""
    left = set()
    for group in groups:
        try:
            os.killpg(group, number)
            left.add(group)
        except (ProcessLookupError, PermissionError):
            continue
    return left


def watch() -> set[int]:
    """Groups that are left when the runner closes the pipe."""
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        if line.startswith("+"):
            groups.add(group)
        else:
            groups.discard(group)
    return groups


def main() -> None:
    """Wait for the runner's end, then leave nothing behind."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups = send(watch(), signal.SIGINT)
    until = time.monotonic() + GRACE
    while groups and time.monotonic() < until:
        time.sleep(0.1)
        groups = {group for group in groups if _exists(group)}
    send(groups, signal.SIGKILL)


def _exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main()

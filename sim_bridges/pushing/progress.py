"""Progress of a collection: a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

LOG_SECONDS = 30.0


class Progress:
    """Context manager; call `advance` whenever trajectories are safe on disk."""

    def __init__(self, total: int, done: int, quiet: bool) -> None:
        self.total, self.done, self.start = total, done, done
        self.console = Console(stderr=True, quiet=quiet)
        columns = (TextColumn("trajectories"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.bar = Bar(*columns, TimeRemainingColumn(), TextColumn("{task.fields[note]}"), console=self.console)
        self.task = self.bar.add_task("", total=total, completed=done, note="")
        self.began = self.logged = time.perf_counter()

    def __enter__(self) -> Progress:
        if self.console.is_terminal:
            self.bar.start()
        elif self.done:
            self.console.print(f"{self.done} of {self.total} trajectories were there already")
        return self

    def advance(self, count: int, filtered: Mapping[str, int]) -> None:
        """Count `count` more trajectories; `filtered` are all thrown away so far, by reason."""
        self.done += count
        note = "filtered " + ", ".join(f"{n} {reason}" for reason, n in sorted(filtered.items())) if filtered else ""
        self.bar.update(self.task, completed=self.done, note=note)
        now = time.perf_counter()
        if not self.console.is_terminal and (now - self.logged > LOG_SECONDS or self.done == self.total):
            self.logged = now
            rate = (self.done - self.start) / (now - self.began)
            self.console.print(f"{self.done}/{self.total} trajectories, {rate:.1f}/s {note}", highlight=False)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bar.stop()

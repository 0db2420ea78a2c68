"""Where the processes' lines go: to a log file each, and to the screen with the process's label before them."""

from __future__ import annotations

import itertools
import os
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import IO

from hyperdynamics_ros.launching.plan import ProcessPlan

_COLOURS = (36, 32, 35, 34, 33, 96, 92, 95)
_RED = 31


def default_log_folder() -> Path:
    """A new folder where ROS 2 keeps its logs: ROS_LOG_DIR, ROS_HOME/log or ~/.ros/log."""
    home = Path(os.environ.get("ROS_HOME", "~/.ros")).expanduser()
    root = Path(os.environ.get("ROS_LOG_DIR", str(home / "log"))).expanduser()
    return root / time.strftime(f"%Y-%m-%d-%H-%M-%S-hyperdynamics-{os.getpid()}")


class Output:
    """Takes every line of every process, and the runner's own words."""

    def __init__(self, log_folder: Path, screen: IO[str] | None, colours: bool | None = None) -> None:
        """Write logs into log_folder (made here) and lines to screen (None: to the logs only)."""
        log_folder.mkdir(parents=True, exist_ok=True)
        self.log_folder = log_folder
        self.screen = screen
        self.colours = colours if colours is not None else _wants_colours(screen)
        self._logs: dict[str, IO[str]] = {}
        self._palette = itertools.cycle(_COLOURS)
        self._colour_of: dict[str, int] = {}

    def line(self, plan: ProcessPlan, text: str, error: bool) -> None:
        """One line of a process; error: it came from stderr, which is always shown, as ROS 2 does it."""
        self._log(plan.label).write(text + "\n")
        if plan.screen or error:
            colour = self._colour_of.setdefault(plan.label, next(self._palette))
            self._show(f"[{plan.label}]", colour, text)

    def say(self, text: str, error: bool = False) -> None:
        """One line of the runner itself."""
        self._log("launch").write(text + "\n")
        self._show("[launch]", _RED if error else 1, text)

    def _show(self, label: str, colour: int, text: str) -> None:
        if self.screen is None:
            return
        shown = f"\x1b[{colour}m{label}\x1b[0m" if self.colours else label
        try:
            self.screen.write(f"{shown} {text}\n")
            self.screen.flush()
        except (BrokenPipeError, ValueError):
            self.screen = None  # nobody reads any more: the processes go on, the logs as well

    def _log(self, name: str) -> IO[str]:
        if name not in self._logs:
            file = self.log_folder / f"{name}.log"
            self._logs[name] = file.open("a", encoding="utf-8", buffering=1)
        return self._logs[name]

    def close(self) -> None:
        """Close the log files."""
        for file in self._logs.values():
            file.close()
        self._logs.clear()

    def __enter__(self) -> Output:
        """Nothing to open before the first line."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the log files."""
        self.close()


def _wants_colours(screen: IO[str] | None) -> bool:
    """On a terminal, unless NO_COLOR is set (https://no-color.org)."""
    return screen is not None and screen.isatty() and not os.environ.get("NO_COLOR") and sys.platform != "win32"

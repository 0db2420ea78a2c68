"""Starts the planned processes, keeps them together, ends them together."""

from __future__ import annotations

import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType

from hyperdynamics_ros.launching import watchdog
from hyperdynamics_ros.launching.output import Output
from hyperdynamics_ros.launching.plan import ProcessPlan
from hyperdynamics_ros.launching.process import RunningProcess, Stream, describe_end

GRACE = 10.0
"""Seconds that processes have to end after SIGINT, and again after SIGTERM: on a busy machine a node takes several."""
_TICK = 0.1
_STOP_STAGES = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)


@dataclass(frozen=True)
class Failure:
    """The process whose end was an error."""

    label: str
    code: int
    """Exit code; negative: the signal that ended it."""
    last_lines: tuple[str, ...]

    def __str__(self) -> str:
        """``perception-1 died with exit code 1``."""
        return describe_end(self.label, self.code)

    @property
    def last_words(self) -> str:
        """Its last line that says anything; empty where it said nothing."""
        return next((line.strip() for line in reversed(self.last_lines) if line.strip()), "")


class Runner:
    """The processes of one launch file.

    ``with Runner(plans, output) as runner:`` starts them and leaves none behind; call ``poll`` until ``running`` is
    false. A watchdog process ends them even if this one is killed.
    """

    def __init__(self, plans: Sequence[ProcessPlan], output: Output, grace: float = GRACE) -> None:
        """Nothing is started yet.

        Args:
            plans: what to start, in order.
            output: takes every line.
            grace: seconds between SIGINT and SIGTERM, and between SIGTERM and SIGKILL, when stopping.
        """
        self.output = output
        self.failure: Failure | None = None
        self._plans = plans
        self._grace = grace
        self._processes: list[RunningProcess] = []
        self._due: list[tuple[float, ProcessPlan]] = []
        self._selector = selectors.DefaultSelector()
        self._stopping = False
        self._hurry = 0

    @property
    def running(self) -> bool:
        """Whether a process runs or is about to be started again, and nothing essential has ended."""
        return not self._stopping and bool(self._processes or self._due)

    @property
    def processes(self) -> dict[str, int]:
        """Process numbers of what runs, by the name that the launch file gives it."""
        return {process.plan.label: process.group for process in self._processes}

    def start(self) -> None:
        """Start everything.

        Raises:
            LaunchError: a process cannot be started; those that were are stopped again.
        """
        self._folder = tempfile.TemporaryDirectory(prefix="hyperdynamics_launch_")
        self._watchdog = subprocess.Popen(
            [sys.executable, watchdog.__file__], stdin=subprocess.PIPE, start_new_session=True, text=True
        )
        try:
            for plan in self._plans:
                self._start(plan)
        except BaseException:
            self.stop()
            raise

    def _start(self, plan: ProcessPlan) -> None:
        process = RunningProcess(plan, Path(self._folder.name), self.output.line)
        self._tell_watchdog(f"+{process.group}")
        self._processes.append(process)
        for stream in process.streams:
            self._selector.register(stream.pipe, selectors.EVENT_READ, stream)
        self.output.say(f"{plan.label} started, process {process.group}")

    def _tell_watchdog(self, line: str) -> None:
        assert self._watchdog.stdin is not None
        self._watchdog.stdin.write(line + "\n")
        self._watchdog.stdin.flush()

    def poll(self, timeout: float = _TICK) -> None:
        """Hand on output, notice ends, start again what is to be; waits up to timeout seconds for output."""
        for key, _ in self._selector.select(timeout):
            stream = key.data
            assert isinstance(stream, Stream)
            if not stream.read():
                self._selector.unregister(stream.pipe)
        for process in [process for process in self._processes if process.ended()]:
            self._finish(process)
        self._start_due()

    def _finish(self, process: RunningProcess) -> None:
        for stream in process.streams:
            if stream.pipe in self._selector.get_map():
                self._selector.unregister(stream.pipe)
        code = process.finish()
        self._processes.remove(process)
        self._tell_watchdog(f"-{process.group}")
        self.output.say(describe_end(process.plan.label, code), error=code != 0 and not self._stopping)
        if not self._stopping:
            self._react(process, code)

    def _react(self, process: RunningProcess, code: int) -> None:
        """Start again, note the failure, or let the rest go on."""
        plan = process.plan
        if code != 0 and plan.respawn:
            self._due.append((time.monotonic() + plan.respawn_delay, plan))
            return
        if code != 0 and self.failure is None:
            self.failure = Failure(plan.label, code, tuple(process.last_lines))
        if plan.essential:
            self.output.say(f"{plan.label} is needed by the others: stopping them")
            self._stopping = True

    def _start_due(self) -> None:
        now = time.monotonic()
        due = [] if self._stopping else [plan for when, plan in self._due if when <= now]
        self._due = [entry for entry in self._due if entry[1] not in due]
        for plan in due:
            self._start(plan)

    def stop(self) -> None:
        """End every process: SIGINT, then SIGTERM, then SIGKILL, with a grace time between; returns when all ended."""
        self._stopping = True
        for stage, number in enumerate(_STOP_STAGES):
            for process in self._processes:
                process.signal(number)
            until = time.monotonic() + self._grace
            while self._processes and time.monotonic() < until and not self._impatient(stage):
                self.poll()
        self._selector.close()
        self._watchdog.communicate()
        self._folder.cleanup()

    def _impatient(self, stage: int) -> bool:
        """Whether Ctrl-C was pressed again; what got SIGKILL is always waited for."""
        return self._hurry > stage + 1 and stage + 1 < len(_STOP_STAGES)

    def __enter__(self) -> Runner:
        """Start everything."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop everything."""
        self.stop()

    def run(self) -> int:
        """Start, wait for the end or for Ctrl-C, stop.

        Returns:
            0; 1 when a process failed; 128 + signal number when a signal asked for the end (130 for Ctrl-C).
        """
        received: list[int] = []

        def take(number: int, _frame: FrameType | None) -> None:
            received.append(number)
            self._hurry = len(received)

        with _handlers(take), self:
            while self.running and not received:
                self.poll()
        if received:
            return 128 + received[0]
        return 0 if self.failure is None else 1


@contextmanager
def _handlers(take: object) -> Iterator[None]:
    """Signal handlers for the time of a run."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, take) for number in numbers]  # type: ignore[arg-type]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)

"""One running process: its group, its lines, its end."""

from __future__ import annotations

import os
import select
import signal
import subprocess
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import IO

from hyperdynamics_ros.environment import prepare_environment
from hyperdynamics_ros.launching.errors import LaunchError
from hyperdynamics_ros.launching.packages import checkout
from hyperdynamics_ros.launching.plan import ProcessPlan

_CHUNK = 65_536
_LAST_LINES = 20


def environment(plan: ProcessPlan) -> dict[str, str]:
    """The plan's environment with what our processes need: unbuffered output, the packages' place, our source tree."""
    env = {"PYTHONUNBUFFERED": "1", **plan.environment}
    prepare_environment(env)
    root = checkout()
    if root is not None:
        env["PYTHONPATH"] = os.pathsep.join(filter(None, (str(root), env.get("PYTHONPATH"))))
    return env


class Stream:
    """One of a process's two outputs, read without blocking and handed on line by line."""

    def __init__(self, pipe: IO[bytes], take: Callable[[str], None]) -> None:
        """Read from pipe; take gets each line without its end."""
        self.pipe = pipe
        self._take = take
        self._rest = b""
        os.set_blocking(pipe.fileno(), False)

    def read(self) -> bool:
        """Take what is there; False at the end of the stream."""
        try:
            data = os.read(self.pipe.fileno(), _CHUNK)
        except BlockingIOError:
            return True
        lines = (self._rest + data).split(b"\n")
        self._rest = b"" if not data else lines.pop()
        if len(self._rest) > _CHUNK:
            lines, self._rest = [*lines, self._rest], b""
        for line in lines:
            if line or data:
                self._take(line.decode(errors="replace").rstrip("\r"))
        return bool(data)


class RunningProcess:
    """A started process in a session of its own, so that a signal reaches all it starts and nobody else."""

    def __init__(self, plan: ProcessPlan, folder: Path, take: Callable[[ProcessPlan, str, bool], None]) -> None:
        """Start it; folder takes its parameter files, take gets its lines.

        Raises:
            LaunchError: it cannot be started.
        """
        self.plan = plan
        self.last_lines: deque[str] = deque(maxlen=_LAST_LINES)
        self._take = take
        command = [*plan.command, *plan.ros.command(folder)]
        try:
            self._popen = subprocess.Popen(
                command,
                env=environment(plan),
                cwd=plan.cwd,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise LaunchError(
                f"{plan.label}: {command[0]} cannot be started: {error.strerror}", plan.location
            ) from error
        assert self._popen.stdout is not None and self._popen.stderr is not None
        self.streams = [
            Stream(self._popen.stdout, lambda line: self._line(line, False)),
            Stream(self._popen.stderr, lambda line: self._line(line, True)),
        ]

    def _line(self, line: str, error: bool) -> None:
        self.last_lines.append(line)
        self._take(self.plan, line, error)

    @property
    def group(self) -> int:
        """Process group, which is also the session and the first process's id."""
        return self._popen.pid

    def ended(self) -> bool:
        """Whether it has ended, without taking its exit status: until then its number cannot go to another process."""
        if self._popen.returncode is not None:
            return True
        return os.waitid(os.P_PID, self.group, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process and all it started; nothing happens after ``finish``."""
        if self._popen.returncode is None:
            os.killpg(self.group, number)

    def finish(self) -> int:
        """After ``ended``: end what it left behind, take its last lines and its exit code."""
        self.signal(signal.SIGKILL)
        code = self._popen.wait()
        for stream in self.streams:
            while stream.read() and _more(stream):
                pass
            stream.pipe.close()
        return code


def _more(stream: Stream) -> bool:
    """Whether bytes or the end are waiting: a process that left the group must not hold us up."""
    return bool(select.select([stream.pipe], [], [], 0.0)[0])


def describe_end(label: str, code: int) -> str:
    """How a process ended, in words."""
    if code == 0:
        return f"{label} has ended"
    if code < 0:
        return f"{label} was ended by {signal.Signals(-code).name}"
    return f"{label} died with exit code {code}"

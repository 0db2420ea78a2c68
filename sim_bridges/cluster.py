"""Collection and evaluation on several machines: tasks go through Ray, results come back and are written here.

Ray is an optional extra. A task is a pure function of its description, so what it gives does not depend on where it
runs, or how often: a task whose process or machine dies is given out again, and its result is taken once.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")
Finder = Callable[[Path], Path]
"""Where a folder of the caller's lies on the machine that works."""
LOCAL = "local"
"""Address that stands for a cluster of this machine alone, started for this run."""
AHEAD = 2
"""Tasks handed out for each core: one is worked on, the next one waits there."""


class ClusterError(ValueError):
    """There is no such cluster, or no Ray."""


class Cluster:
    """Machines that work; see the module's docstring."""

    def __init__(self, ray: Any) -> None:
        self._ray = ray
        self._do = ray.remote(num_cpus=1, max_retries=-1)(_do)

    @property
    def cores(self) -> int:
        """Of all machines together."""
        return max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def run(
        self, work: Callable[[Task, Finder], Result], tasks: Sequence[Task], folders: Collection[Path] = ()
    ) -> Iterator[tuple[int, Result]]:
        """Work on all tasks; gives their numbers and results as they are done, each once.

        Args:
            work: a function of a module; gets a task, and what finds the folders where it runs.
            tasks: their descriptions.
            folders: checkpoints and the like, sent along.

        Raises:
            Exception: whatever ``work`` raised.
        """
        contents = self._ray.put({str(folder): _read(folder) for folder in folders})
        waiting, running = list(enumerate(tasks)), dict[Any, int]()
        waiting.reverse()
        try:
            while waiting or running:
                while waiting and len(running) < AHEAD * self.cores:
                    number, task = waiting.pop()
                    running[self._do.remote(work, task, contents)] = number
                done, _ = self._ray.wait(list(running), num_returns=1)
                for reference in done:
                    yield running.pop(reference), self._ray.get(reference)
        finally:
            for reference in running:
                self._ray.cancel(reference, force=True)


@contextmanager
def connected(address: str, workers: int) -> Iterator[Cluster]:
    """A cluster to work with, until the block ends.

    Args:
        address: local, auto (the one that was started on this machine), HOST:PORT or ray://HOST:PORT.
        workers: processes of a local one.

    Raises:
        ClusterError: Ray is not installed, or nobody answers at the address.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray  # type: ignore[import-not-found, unused-ignore]
    except ImportError as error:
        raise ClusterError(f"--cluster {address} needs Ray; pip install 'hyperdynamics[cluster]'") from error
    own: dict[str, Any] = {"num_cpus": max(1, workers), "include_dashboard": False} if address == LOCAL else {}
    try:
        ray.init(address, **own, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise ClusterError(
            f"no Ray cluster answers at {address!r} ({error}); start one with `ray start --head`"
        ) from error
    try:
        yield Cluster(ray)
    finally:
        ray.shutdown()


@contextmanager
def connected_if(address: str | None, workers: int) -> Iterator[Cluster | None]:
    """The same, or None where there is no address."""
    if address is None:
        yield None
        return
    with connected(address, workers) as cluster:
        yield cluster


def _do(work: Callable[[Any, Finder], Any], task: Any, folders: Mapping[str, Mapping[str, bytes]]) -> Any:
    """Runs on the machine that works."""
    return work(task, lambda folder: _unpacked(folders[str(folder)]))


def _read(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def _unpacked(files: Mapping[str, bytes]) -> Path:
    """The folder on this machine, under its content's fingerprint: once there, it is used again."""
    digest = hashlib.sha256(repr([(name, hashlib.sha256(data).digest()) for name, data in files.items()]).encode())
    root = Path(tempfile.gettempdir()) / f"hyperdynamics-{os.getuid()}"
    folder = root / digest.hexdigest()[:32]
    if not folder.exists():
        root.mkdir(mode=0o700, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=root))
        for name, data in files.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_bytes(data)
        try:
            made.rename(folder)
        except OSError:  # another process was faster
            assert folder.exists()
    return folder

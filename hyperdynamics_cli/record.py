"""``hyperdynamics record``: topics of a running graph into a rosbag2 bag, until Ctrl-C."""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from hyperdynamics_cli.errors import UserError
from hyperdynamics_cli.results import check_writable, write_json

if TYPE_CHECKING:
    from hyperdynamics_ros.nodes.bag_recorder import RecorderNode

OURS = ("out", "duration", "json")
"""Options that are no parameters of the node."""
_POLL, _ON_TERMINAL, _IN_LOG = 0.05, 0.5, 5.0


@dataclass(frozen=True)
class Options:
    """Record topics into a rosbag2 bag until Ctrl-C or SIGTERM, which leave it complete.

    Names and --regex add up; with neither, every topic is recorded. Topics that appear later are recorded as well.
    """

    topics: Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="TOPIC")] = ()
    """Names of topics."""
    out: Path | None = None
    """Folder of the bag, to be made; without it rosbag2_ with date and time, here."""
    regex: str = ""
    """Topics with a match of this regular expression in their name as well."""
    exclude_regex: str = ""
    """Topics with a match of this in their name are left out."""
    storage: Literal["mcap", "sqlite3"] = "mcap"
    """Format of the bag's files."""
    compression: Literal["none", "lz4", "zstd"] = "none"
    """Of chunks in MCAP files."""
    duration: float = 0.0
    """Seconds after which the recording ends; 0: it does not."""
    max_bag_size: int = 0
    """Bytes after which a new file is begun; 0: never."""
    max_bag_duration: float = 0.0
    """Seconds after which a new file is begun; 0: never."""
    min_free_space: int = 67108864
    """The bag is closed before fewer bytes than this are left on its disk; 0: no care."""
    use_sim_time: bool = False
    """Stamp messages with the time on /clock in place of the time they came at."""
    json: Path | None = None
    """Write what was recorded to this file."""


def run(options: Options) -> int:
    """Record; returns 0 when the bag is complete."""
    if options.duration < 0:
        raise UserError(f"--duration is {options.duration}; it must be 0 or more seconds")
    check_writable(options.json)
    import rclpy
    from rclpy.signals import SignalHandlerOptions

    with _stopping() as stop:
        rclpy.init(args=ros_arguments(options), signal_handler_options=SignalHandlerOptions.NO)
        try:
            return _record(options, stop)
        finally:
            rclpy.try_shutdown()


def ros_arguments(options: Options) -> list[str]:
    """The options as parameters of the recorder, as they would stand on a node's command line."""
    values: dict[str, Any] = {one.name: getattr(options, one.name) for one in fields(options) if one.name not in OURS}
    values["topics"] = list(options.topics) or [""]
    values |= {"bag": str(options.out or ""), "report_period": 0.0}
    pairs = [f"{name}:={json.dumps(value)}" for name, value in values.items()]
    return ["--ros-args", *(part for pair in pairs for part in ("-p", pair))]


def _record(options: Options, stop: list[int]) -> int:
    from rclpy.executors import SingleThreadedExecutor

    from hyperdynamics_ros.node import NodeFailure
    from hyperdynamics_ros.nodes.bag_recorder import RecorderNode

    node = RecorderNode()
    try:
        executor = SingleThreadedExecutor()
        executor.add_node(node)
        _spin(node, executor, options.duration, stop)
    except NodeFailure as error:
        raise UserError(str(error)) from error
    finally:
        node.close()
        node.destroy_node()
    _tell(node, options.json)
    if node.recorder.failure:
        raise UserError(node.recorder.failure)
    return 0


def _spin(node: RecorderNode, executor: Any, duration: float, stop: list[int]) -> None:
    """Until a signal, the end of the time or a failure, with a line about it now and then."""
    terminal, shown = sys.stdout.isatty(), time.monotonic()
    recorder = node.recorder
    while not stop and not recorder.failure and not 0 < duration <= recorder.seconds:
        executor.spin_once(timeout_sec=_POLL)
        if time.monotonic() - shown >= (_ON_TERMINAL if terminal else _IN_LOG):
            shown = time.monotonic()
            print(f"\r\033[K{recorder.progress()}" if terminal else recorder.progress(), end="" if terminal else "\n")
            sys.stdout.flush()
    if terminal:
        print()


def _tell(node: RecorderNode, file: Path | None) -> None:
    recorder = node.recorder
    topics = {
        name: {"messages": one.count, "bytes": one.size, "lost": one.lost} for name, one in recorder.statistics.items()
    }
    for name, one in recorder.statistics.items():
        print(f"{name:<40}{one.count:>9} messages{one.size / 1e6:>10.2f} MB" + (f"{one.lost:>7} LOST" * bool(one.lost)))
    print(f"bag in {recorder.bag}: {recorder.progress()}")
    messages = sum(one.count for one in recorder.statistics.values())
    figures = {"bag": recorder.bag, "messages": messages, "seconds": recorder.seconds, "topics": topics}
    write_json(file, {**figures, "failure": recorder.failure or None})


@contextmanager
def _stopping() -> Iterator[list[int]]:
    """Ctrl-C and SIGTERM are noted in the list and interrupt nothing: a bag is to be completed."""
    received: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        received.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""Recorder: topics of the graph into a rosbag2 bag, with services that start, stop and split it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from diagnostic_msgs.msg import DiagnosticStatus
from std_srvs.srv import Trigger

from hyperdynamics_ros.node import CheckedNode, NodeFailure
from hyperdynamics_ros.parameters import Parameter, ParameterRefused
from hyperdynamics_ros.recording.bag_writer import WriterSettings
from hyperdynamics_ros.recording.errors import BagError, StorageFailed
from hyperdynamics_ros.recording.recorder import STEP, Recorder, RecorderSettings
from hyperdynamics_ros.recording.storage import COMPRESSIONS, SUFFIXES
from hyperdynamics_ros.recording.topics import Selection

TABLE = (
    Parameter("bag", "", "Folder of the bag, to be made; empty: rosbag2_ with date and time, where the node runs."),
    Parameter("storage", "mcap", "Format of the bag's files.", choices=tuple(SUFFIXES)),
    Parameter("compression", "none", "Of chunks in MCAP files.", choices=COMPRESSIONS),
    Parameter("topics", [""], "Names of topics, relative ones in the node's namespace; with no regex either: all."),
    Parameter("regex", "", "Topics with a match of this regular expression in their name as well."),
    Parameter("exclude_regex", "", "Topics with a match of this in their name are left out."),
    Parameter("start", True, "Record at once; false: wait for the service start."),
    Parameter("max_bag_size", 0, "Size of a file after which a new one is begun; 0: never.", "bytes", 0, 2**60),
    Parameter("max_bag_duration", 0.0, "Wall time after which a new file is begun; 0: never.", "s", 0.0, 1e9),
    Parameter("chunk_size", 262144, "Messages in one chunk of an MCAP file at most.", "bytes", 1024, 2**30),
    Parameter("flush_period", 0.25, "What is older than this survives a kill of the process.", "s", 0.05, 60.0),
    Parameter(
        "queue_depth", 1000, "Messages a topic that wait in the middleware while the disk is busy.", "", 1, 10**6
    ),
    Parameter("discovery_period", 0.2, "Between two looks for new topics.", "s", 0.05, 60.0),
    Parameter(
        "min_free_space", 67108864, "The bag is closed before less is left on its disk; 0: no care.", "bytes", 0, 2**60
    ),
    Parameter("report_period", 10.0, "Between two lines about counts and rates in the log; 0: none.", "s", 0.0, 3600.0),
)


class RecorderNode(CheckedNode):
    """See the module's docstring."""

    def __init__(self) -> None:
        super().__init__("recorder", TABLE)
        clock = self.now_ns if self.get_parameter("use_sim_time").value else None
        self.recorder = Recorder(self, self._settings(), self.get_logger(), clock)
        self._waiting = bool(self.parameters["start"])
        self._reported = time.monotonic()
        self.create_service(Trigger, "~/start", self._service(lambda: f"recording into {self.recorder.start()}"))
        self.create_service(Trigger, "~/stop", self._service(self.recorder.stop))
        self.create_service(Trigger, "~/split", self._service(lambda: f"writing {self.recorder.split()}"))
        self.every(STEP, self._step)

    def health(self) -> tuple[bytes, str, dict[str, str]]:
        """See ``CheckedNode.health``: a value for each topic with count, rate and loss."""
        recorder, now = self.recorder, self.recorder.now
        values = {"bag": str(recorder.bag or "")}
        for name, one in recorder.statistics.items():
            values[name] = f"{one.count} messages, {one.rate(now):.1f} Hz, {one.size} bytes, {one.lost} lost"
        if recorder.failure:
            return DiagnosticStatus.ERROR, recorder.failure, values
        lost = sum(one.lost for one in recorder.statistics.values())
        if lost:
            return DiagnosticStatus.WARN, f"{lost} messages did not arrive", values
        return DiagnosticStatus.OK, "recording" if recorder.recording else "stopped", values

    def close(self) -> None:
        """Take what has come and complete the bag; a failure is told in the log."""
        if self.recorder.recording:
            try:
                self.get_logger().info(self.recorder.stop())
            except StorageFailed:
                self.get_logger().error("the bag is not complete")

    def _step(self) -> None:
        if self._waiting:  # not in __init__: until the node spins, a signal ends the process without tidying
            self._waiting = False
            try:
                self.recorder.start()
            except (BagError, StorageFailed) as error:
                raise NodeFailure(str(error)) from error
        self.recorder.step()
        period = self.parameters["report_period"]
        if self.recorder.recording and 0 < period <= time.monotonic() - self._reported:
            self._reported = time.monotonic()
            self._report()

    def _report(self) -> None:
        self.get_logger().info(self.recorder.progress())
        if self.recorder.missing and self.recorder.seconds < 60:
            self.get_logger().warning(f"nobody publishes on {', '.join(self.recorder.missing)} yet")

    def _service(self, action: Callable[[], str]) -> Callable[[Any, Any], Any]:
        def answer(_request: Any, response: Any) -> Any:
            try:
                response.success, response.message = True, action()
            except (BagError, StorageFailed) as error:
                response.success, response.message = False, str(error)
            return response

        return answer

    def _settings(self) -> RecorderSettings:
        given = self.parameters
        names = frozenset(self.resolve_topic_name(name) for name in given["topics"] if name)
        try:
            selection = Selection(names, given["regex"], given["exclude_regex"])
        except BagError as error:
            raise ParameterRefused(f"parameter {error}") from error
        writer = WriterSettings(
            given["storage"],
            given["compression"],
            given["chunk_size"],
            given["max_bag_size"],
            given["max_bag_duration"],
            given["min_free_space"],
        )
        periods = (given["queue_depth"], given["flush_period"], given["discovery_period"])
        return RecorderSettings(given["bag"], selection, writer, *periods)

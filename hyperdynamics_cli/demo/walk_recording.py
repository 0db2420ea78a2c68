"""What was said on the topics during one walk; plain values, by the stamp of the state they belong to."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.systems.legged import LEGGED, LeggedSystem

Array = NDArray[np.float64]
DEEP = 2000
"""Messages that may wait while this process is busy."""


@dataclass(frozen=True)
class WalkWord:
    """One feedback of the action."""

    time: float
    """Of the robot since the walk began, s."""
    position: float
    """m."""
    speed: float
    """Mean of the last half second, m/s."""
    total_return: float
    control_rate: float
    """Commands a second of wall time, Hz."""
    planning_ms: float


@dataclass
class WalkRecording:
    """One walk."""

    robot: str
    """Name of its system."""
    scene: str = ""
    """The bridge's words about the episode, JSON."""
    states: dict[int, Array] = field(default_factory=dict)
    """[n_s] by stamp, ns."""
    actions: dict[int, Array] = field(default_factory=dict)
    """[n_a] of the step that ended at a stamp, parts of the greatest torques."""
    codes: dict[int, Array] = field(default_factory=dict)
    """z_int [n_int] by the stamp of the state it was made at."""
    words: list[WalkWord] = field(default_factory=list)
    """Feedback in order."""
    statistics: dict[str, float] = field(default_factory=dict)
    """The newest of the controller."""
    stages: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Of the same: half and 95 of 100 of the steps take less (ms), by the station on the way from state to command."""
    result: Any = None
    """The action's result message; None: it has not come."""

    @property
    def system(self) -> LeggedSystem:
        """Of the robot."""
        return LEGGED[self.robot]

    @property
    def start(self) -> int:
        """Stamp of the first state, at which time stood still until the goal came, ns."""
        return min(self.states, default=0)

    @property
    def steps(self) -> int:
        """Of the walk that states were heard of."""
        heard = round((max(self.states, default=0) - self.start) / self.step_ns)
        return heard if self.result is None else min(heard, int(self.result.steps))

    @property
    def step_ns(self) -> int:
        """Duration of a step, ns."""
        return round(1e9 * self.system.dt)

    def stamp(self, step: int) -> int:
        """Of the state before step `step`."""
        return self.start + step * self.step_ns

    def time(self, stamp: int) -> float:
        """Since the walk began, s."""
        return 1e-9 * (stamp - self.start)

    def episode(self) -> dict[str, Any]:
        """The bridge's words: number, task, split, start and hidden values."""
        words: dict[str, Any] = json.loads(self.scene)
        return words


class WalkRecorder:
    """Fills a recording from a node's subscriptions."""

    def __init__(self, node: Any, recording: WalkRecording) -> None:
        """node: spun by whoever waits for the walk's end."""
        from hyperdynamics.msg import ControlStatistics, LatentCode
        from nav_msgs.msg import Odometry
        from sensor_msgs.msg import JointState
        from std_msgs.msg import String

        from hyperdynamics_ros.legged_states import LeggedStates
        from hyperdynamics_ros.node import LATCHED

        self.recording = recording
        self._states = LeggedStates(recording.system, 0)
        for kind, topic, take in (
            (JointState, "joint_states", lambda message: self._on_sample(self._states.add_joints(message))),
            (Odometry, "odom", lambda message: self._on_sample(self._states.add_odometry(message))),
            (LatentCode, "latent_code", self._on_code),
            (ControlStatistics, "control_statistics", self._on_statistics),
        ):
            node.create_subscription(kind, topic, take, DEEP)
        node.create_subscription(String, "scene", self._on_scene, LATCHED)

    def tell(self, feedback: Any) -> None:
        """Take one feedback message of the action."""
        self.recording.words.append(
            WalkWord(
                feedback.step * self.recording.system.dt,
                feedback.position,
                feedback.speed,
                feedback.total_return,
                feedback.control_rate,
                feedback.planning_ms,
            )  # fmt: skip
        )

    def _on_sample(self, sample: Any) -> None:
        if sample is None or sample.repeated:
            return
        self.recording.states[sample.stamp] = sample.state
        if sample.efforts is not None:
            self.recording.actions[sample.stamp] = sample.efforts

    def _on_code(self, message: Any) -> None:
        if message.interactions:
            stamp = message.header.stamp.sec * 1_000_000_000 + message.header.stamp.nanosec
            self.recording.codes[stamp] = np.array(message.code, dtype=np.float64)

    def _on_statistics(self, message: Any) -> None:
        fields = {name: getattr(message, name) for name in message.get_fields_and_field_types()}
        self.recording.statistics = {
            name: float(value) for name, value in fields.items() if isinstance(value, int | float)
        }
        stages = zip(message.stages, message.stage_ms_p50, message.stage_ms_p95, strict=True)
        self.recording.stages = {name: (float(p50), float(p95)) for name, p50, p95 in stages}

    def _on_scene(self, message: Any) -> None:
        self.recording.scene = str(message.data)

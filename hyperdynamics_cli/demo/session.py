"""One goal after the other through a running graph."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hyperdynamics_cli.demo.goals import GoalPlan
from hyperdynamics_cli.demo.graph import GraphClient, result_name
from hyperdynamics_cli.demo.recording import Recording
from hyperdynamics_cli.demo.report import PushTeller, goal_line
from hyperdynamics_cli.demo.scenes import pose_of, scene_record
from hyperdynamics_cli.drawing.frame import Banner
from hyperdynamics_cli.drawing.records import GoalRecord

Say = Callable[[str], None]
CANCELED = 7


@dataclass(frozen=True)
class SessionConfig:
    """What holds for every goal."""

    split: str = "novel"
    """Of the bridge, for objects that are drawn."""
    variation: str = "paper"
    """Ranges of mass and friction."""
    camera: int = -1
    """View; -1: another one every time."""
    tolerance: float = 0.04
    """Distance that counts as reached, m."""
    max_steps: int = 0
    """Planned pushes at most; 0: the controller's default."""
    goal_seconds: float = 300.0
    """Wall time for one goal."""


class Session:
    """Sends goals and keeps what came of them."""

    def __init__(self, client: GraphClient, config: SessionConfig, say: Say) -> None:
        """client is ready; say gets each line of the report."""
        self.client, self.config, self._say = client, config, say

    def run(self, plan: GoalPlan, goals: int) -> tuple[GoalRecord, Recording]:
        """One goal of a simulated scene.

        Raises:
            GraphError: the graph does not answer or refuses the scene.
        """
        with_obstacles = " among obstacles" if plan.obstacles else ""
        self._say(f"goal {plan.number} of {goals}: {plan.object}{with_obstacles}")
        began = time.monotonic()
        for _ in range(2):
            recording, teller, result = self._attempt(plan)
            if result.code != CANCELED or teller.pushes:
                break  # else it met the reset on its way: once more
        record = self._record(recording, teller, result, time.monotonic() - began)
        self._say(goal_line(record))
        return record, recording

    def _attempt(self, plan: GoalPlan) -> tuple[Recording, PushTeller, Any]:
        words = self.client.set_up_scene(
            {
                "object": plan.object,
                "split": self.config.split,
                "variation": self.config.variation,
                "obstacles": plan.obstacles,
                "seed": plan.seed % 2**31,
                "camera": self.config.camera,
            }
        )
        recording = Recording(plan.number, words, (float(words["goal"][0]), float(words["goal"][1])))
        teller = PushTeller(self._say)
        config = self.config
        result = self.client.push_to(recording, config.tolerance, config.max_steps, teller, config.goal_seconds)
        return recording, teller, result

    def _record(self, recording: Recording, teller: PushTeller, result: Any, seconds: float) -> GoalRecord:
        """The truth decides: an object that the controller believes at the goal must be there."""
        goal = np.array(recording.goal)
        state = recording.states[max(recording.states)] if recording.states else None
        distance = math.nan if state is None else float(np.linalg.norm(state[:2] - goal))
        believed = bool(result.success)
        success = believed and distance <= self.config.tolerance
        missed = f"the controller believed it was there, but it is {100 * distance:.1f} cm away"
        return GoalRecord(
            scene_record(recording.scene, recording.number, recording.goal, self.config.tolerance),
            recording.path(),
            tuple(teller.pushes),
            success,
            missed if believed and not success else str(result.message) or result_name(result.code),
            distance,
            int(result.steps),
            None if state is None else pose_of(state),
            code=int(result.code),
            seconds=seconds,
        )


def banner_of(record: GoalRecord) -> Banner:
    """The last word over a goal's video."""
    if record.success:
        return Banner(f"reached: {100 * record.final_distance:.1f} cm away after {record.steps} pushes", True)
    return Banner(f"not reached: {record.message}", False)


def all_reached(records: Sequence[GoalRecord]) -> bool:
    """Whether every goal was."""
    return all(record.success for record in records)

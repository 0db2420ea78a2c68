"""One goal after the other through a running graph."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
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
    cell: bool = False
    """Whether scenes are set up in the cell, which has one camera and no obstacles."""


class Session:
    """Sends goals and keeps what came of them."""

    def __init__(self, client: GraphClient, config: SessionConfig, say: Say) -> None:
        """client is ready; say gets each line of the report."""
        self.client, self.config, self._say = client, config, say

    def run(self, plan: GoalPlan, goals: int) -> tuple[GoalRecord, Recording]:
        """One goal in a new simulated scene.

        Raises:
            GraphError: the graph does not answer or refuses the scene.
        """
        settings = {
            "object": plan.object,
            "split": self.config.split,
            "variation": self.config.variation,
            "seed": plan.seed % 2**31,
        }
        if not self.config.cell:
            settings |= {"obstacles": plan.obstacles, "camera": self.config.camera}
        return self.push(self.client.set_up_scene(settings), None, plan.number, goals)

    def push(
        self, words: Mapping[str, Any], goal: tuple[float, float] | None, number: int, goals: int
    ) -> tuple[GoalRecord, Recording]:
        """One goal in the scene that is there.

        Args:
            words: the bridge's about the scene; empty: a real robot's, of which nothing is known.
            goal: m; None: the one the bridge suggests.
            number: of this goal, from 1.
            goals: how many there are in all.

        Raises:
            GraphError: the graph does not answer.
        """
        x, y = goal or words["goal"]
        name = words["system"]["object"] if words else "the object"
        among = " among obstacles" if words and words["obstacles"] else ""
        self._say(f"goal {number} of {goals}: {name}{among} to ({x:.2f}, {y:.2f}) m")
        began = time.monotonic()
        recording, teller, result = self._attempt(words, (float(x), float(y)), number)
        record = self._record(recording, teller, result, time.monotonic() - began)
        self._say(goal_line(record))
        return record, recording

    def _attempt(
        self, words: Mapping[str, Any], goal: tuple[float, float], number: int
    ) -> tuple[Recording, PushTeller, Any]:
        for _ in range(2):
            recording, teller = Recording(number, words, goal), PushTeller(self._say)
            config = self.config
            result = self.client.push_to(recording, config.tolerance, config.max_steps, teller, config.goal_seconds)
            if result.code != CANCELED or teller.pushes:
                break  # else the goal has overtaken the news of the new scene: once more
        return recording, teller, result

    def _record(self, recording: Recording, teller: PushTeller, result: Any, seconds: float) -> GoalRecord:
        """The truth decides: an object that the controller believes at the goal must be there."""
        goal = np.array(recording.goal)
        state = recording.states[max(recording.states)] if recording.states else None
        distance = math.nan if state is None else float(np.linalg.norm(state[:2] - goal))
        believed = bool(result.success)
        success = believed and distance <= self.config.tolerance
        scene = scene_record(recording, self.config.tolerance)
        missed = f"the controller believed it was there, but it is {100 * distance:.1f} cm away"
        return GoalRecord(
            scene,
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

"""One goal of the push_to action: feeds the core's push task and words what comes of it as messages."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from typing import Any

import numpy as np
from hyperdynamics.action import PushTo
from numpy.typing import NDArray
from visualization_msgs.msg import Marker

from hyperdynamics_core.control.commands import Finished, StepRecord
from hyperdynamics_core.control.push_task import PushTask
from hyperdynamics_core.control.settings import Observation
from hyperdynamics_ros.conversions import markers
from hyperdynamics_ros.push_inputs import Missing, Moment

Array = NDArray[np.float64]


class PushSession:
    """State of one goal; all but ``task.update`` belongs to the executor's thread."""

    def __init__(self, handle: Any, task: PushTask, detected: bool) -> None:
        """handle: of the action server. detected: take the object's position from the view, not from tracking."""
        self.handle, self.task, self._detected = handle, task, detected
        self.commanded_at: int | None = None
        """Stamp of the last command, ns."""
        self.answered: int | None = None
        """Stamp of the state that the last command answers, ns. In real time planning takes a while and the command is
        later than that: a state of ``commanded_at`` may well be news."""
        self.command: Any = None
        """The last command's message."""
        self.tip = np.zeros(3)
        """Where the rod's tip was seen last, m."""
        self.refusals = 0
        """Commands that the arm has refused in a row."""
        self.refused = False
        """Whether it has refused the last one."""
        self.planning = False
        """The task is being updated in the planner's thread."""
        self.ended = False
        self._missing: Missing | None = None
        self._since = time.monotonic()
        self._correction = np.zeros(3)
        self._path: list[Array] = []
        self._boxes: tuple[Any, ...] = ()

    def wait_for(self, missing: Missing) -> float:
        """Note what the goal waits for; seconds it has waited for that."""
        if missing is not self._missing:
            self._missing, self._since = missing, time.monotonic()
        return time.monotonic() - self._since

    def observe(self, moment: Moment, contact: bool) -> Observation:
        """The observation of a moment; between two views the object is tracked on from where it was detected."""
        self._missing = None
        if self._detected and moment.position is not None:
            self._correction = moment.position - moment.state[:3]
        state, self.tip = moment.state.copy(), moment.state[13:16]
        state[:3] += self._correction
        self._path.append(state[:2])
        viewed = self.task.wants_view
        if viewed:
            own = () if moment.object_box is None else (moment.object_box,)
            self._boxes = (*own, *moment.obstacles)
        return Observation(
            state,
            moment.object_box,
            moment.obstacles,
            moment.experts,
            object_in_view=moment.object_box is not None or not viewed,
            obstacle_contact=contact,
        )

    def feedback(self) -> Any:
        """Phase, distance, and the figures of the last push that ended."""
        done = [record for record in self.task.records if record.after is not None]
        message = PushTo.Feedback(phase=int(self.task.phase), step=len(done), distance=self.task.distance)
        last: StepRecord | None = done[-1] if done else None
        message.predicted_motion = math.nan if last is None else last.predicted_motion
        message.real_motion = math.nan if last is None else last.real_motion
        message.planning_ms = math.nan if last is None else last.planning_ms
        return message

    @staticmethod
    def result(finished: Finished) -> Any:
        """The action's result."""
        return PushTo.Result(
            success=finished.success,
            code=int(finished.code),
            message=finished.message,
            final_distance=finished.final_distance,
            steps=finished.steps,
        )

    def markers(self, stamp: int) -> Iterable[Marker]:
        """Goal, boxes, plan and path so far."""
        yield markers.goal_marker(self.task.goal, self.task.config.tolerance, stamp)
        for number, box in enumerate(self._boxes):
            yield markers.box_marker(box, number, markers.OBSTACLE if number else markers.OBJECT, stamp)
        yield markers.path_marker("real", self._path, markers.REAL, stamp)
        plan = self.task.records[-1].plan if self.task.records else None
        if plan is not None:
            chosen = plan.states[:, :2].tolist()
            yield from markers.plan_markers(plan.candidates.paths.tolist(), chosen, chosen[:2], stamp)
